import type { SignInSettings } from '../../../server/people.ts';
import { oidcSettings, parsePublicUrl } from '../../../server/services/oidc-settings.ts';
import type { Context } from '../../context.ts';

export interface SignInOptions {
  publicUrl?: string;
}

/** How people come in: by flags and the environment. @throws UsageError, Failure */
export const signInSettings = (options: SignInOptions, { env, fetch }: Context): SignInSettings => ({
  adminPassword: env.ADMIN_PASSWORD,
  publicUrl: parsePublicUrl(options.publicUrl ?? env.REVENIUM_PUBLIC_URL),
  oidc: oidcSettings(env),
  fetch,
});
