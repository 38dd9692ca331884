import { Failure, UsageError } from '../../errors.ts';
import { isSafe } from '../../endpoint.ts';
import type { Role } from '../roster/member.ts';
import { ROLES } from '../roster/member.ts';

/** How people sign in by way of an identity provider (OpenID Connect). */
export interface OidcSettings {
  issuer: URL;
  clientId: string;
  clientSecret: string | null;
  scopes: string;
  /** The claim of the ID token that lists a person's groups. */
  groupsClaim: string;
  /** Group to role; `*` is everybody whom the provider lets in. */
  roles: ReadonlyMap<string, Role>;
  /** Whose people these are; null: the server's first organisation. */
  org: string | null;
}

/** A variable that is set to nothing is not set. */
const set = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

type Env = Readonly<Record<string, string | undefined>>;

/** Null where no provider is named. @throws UsageError for settings that do not fit together */
export function oidcSettings(env: Env): OidcSettings | null {
  const issuer = env.REVENIUM_OIDC_ISSUER;
  if (!issuer) return null;
  const clientId = env.REVENIUM_OIDC_CLIENT_ID;
  if (!clientId) throw new UsageError('REVENIUM_OIDC_ISSUER is set, and REVENIUM_OIDC_CLIENT_ID is not');
  if (!URL.canParse(issuer)) throw new UsageError(`REVENIUM_OIDC_ISSUER "${issuer}" is not a web address`);
  if (!isSafe(new URL(issuer)))
    throw new UsageError(`REVENIUM_OIDC_ISSUER ${issuer} is not encrypted`, { hint: 'Use https://.' });
  return {
    issuer: new URL(issuer),
    clientId,
    clientSecret: set(env.REVENIUM_OIDC_CLIENT_SECRET) ?? null,
    scopes: set(env.REVENIUM_OIDC_SCOPES) ?? 'openid email profile groups',
    groupsClaim: set(env.REVENIUM_OIDC_GROUPS_CLAIM) ?? 'groups',
    roles: groupRoles(env.REVENIUM_OIDC_ROLES ?? ''),
    org: set(env.REVENIUM_OIDC_ORGANIZATION) ?? null,
  };
}

/** `it=admin,leads=manager,*=member`; between semicolons names may hold commas, as those of LDAP do. @throws UsageError */
export function groupRoles(text: string): Map<string, Role> {
  const pairs = text.split(text.includes(';') ? ';' : ',').filter((pair) => pair.trim() !== '');
  return new Map(
    pairs.map((pair): [string, Role] => {
      const at = pair.lastIndexOf('=');
      const role = ROLES.find((one) => one === pair.slice(at + 1).trim());
      if (at > 0 && role) return [pair.slice(0, at).trim(), role];
      throw new UsageError(`REVENIUM_OIDC_ROLES: "${pair.trim()}" is not group=role`, {
        hint: `Roles are ${ROLES.join(', ')}; * stands for everybody: admins=admin,*=member`,
      });
    }),
  );
}

/** The most that any of the groups gives; null where none of them gives anything. */
export function roleOfGroups(groups: readonly string[], roles: ReadonlyMap<string, Role>): Role | null {
  const given = [...groups, '*'].flatMap((group) => roles.get(group) ?? []);
  return ROLES.findLast((role) => given.includes(role)) ?? null;
}

/** The address that browsers use. @throws Failure */
export function parsePublicUrl(text: string | undefined): URL | null {
  if (!text) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new Failure(`the public address "${text}" is not a web address`, { hint: 'https://usage.acme.com' });
}
