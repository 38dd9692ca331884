import type * as OpenidClient from 'openid-client';
import type { Configuration } from 'openid-client';
import { ServerError } from '../errors.ts';
import type { Member, Role } from '../roster/member.ts';
import { isActive } from '../roster/member.ts';
import type { OidcSettings } from './oidc-settings.ts';
import { roleOfGroups } from './oidc-settings.ts';
import type { Principal } from './sessions.ts';
import { sign, verified } from './signed-token.ts';

/** What a browser carries between leaving for the provider and coming back. */
interface Flow {
  state: string;
  nonce: string;
  verifier: string;
  expiresAtMs: number;
}

export interface OidcDependencies {
  settings: OidcSettings;
  secret: () => string;
  now: () => number;
  fetch: typeof fetch;
  /** The organisation that people of the provider belong to; null while there is none. */
  organization: () => string | null;
  member: (org: string, email: string) => Member | null;
}

/** Why somebody whom the provider knows does not come in; a word for the sign-in page. */
export type Denial = 'failed' | 'no-email' | 'not-allowed';

const FLOW_MS = 600_000;
const PURPOSE = 'oidc-flow';

/** Sign-in by an identity provider: authorization code flow with PKCE, state and nonce. */
export class Oidc {
  readonly #with: OidcDependencies;
  #discovered: Promise<Configuration> | null = null;

  constructor(dependencies: OidcDependencies) {
    this.#with = dependencies;
  }

  /** Where to send the browser, and what it has to carry. @throws ServerError `unavailable` */
  async begin(callback: URL): Promise<{ url: URL; flow: string }> {
    const { settings, secret, now } = this.#with;
    const [client, configuration] = await this.#ready();
    const verifier = client.randomPKCECodeVerifier();
    const flow: Flow = {
      verifier,
      state: client.randomState(),
      nonce: client.randomNonce(),
      expiresAtMs: now() + FLOW_MS,
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: callback.href,
      scope: settings.scopes,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { url, flow: sign(secret(), PURPOSE, flow) };
  }

  /** Who came back, or why they are not let in. `url`: the callback as the browser called it. */
  async finish(url: URL, carried: string): Promise<Principal | Denial> {
    const { secret, now } = this.#with;
    const flow = verified<Flow>(secret(), PURPOSE, carried);
    if (!flow || flow.expiresAtMs <= now()) return 'failed';
    const [client, configuration] = await this.#ready();
    const tokens = await client
      .authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: flow.verifier,
        expectedState: flow.state,
        expectedNonce: flow.nonce,
      })
      .catch(() => null);
    const claims = tokens?.claims();
    return claims ? this.#admit(claims) : 'failed';
  }

  /** Whether somebody who came in this way may stay: not after they have left. */
  mayStay(org: string, email: string): boolean {
    const { member, now } = this.#with;
    const known = member(org, email);
    return known === null || isActive(known, now());
  }

  #admit(claims: Readonly<Record<string, unknown>>): Principal | Denial {
    const { settings, organization, member } = this.#with;
    const email = typeof claims.email === 'string' ? claims.email.trim().toLowerCase() : '';
    // An address that the provider has not checked may be anybody's.
    if (!email.includes('@') || claims.email_verified === false) return 'no-email';
    const org = settings.org ?? organization();
    if (org === null || !this.mayStay(org, email)) return 'not-allowed';
    const scope = roleOf(claims[settings.groupsClaim], settings) ?? member(org, email)?.role ?? null;
    return scope === null ? 'not-allowed' : { kind: 'oidc', org, email, scope };
  }

  async #ready(): Promise<[typeof OpenidClient, Configuration]> {
    const client = await import('openid-client');
    this.#discovered ??= discover(client, this.#with);
    try {
      return [client, await this.#discovered];
    } catch (cause) {
      // The next who comes asks anew.
      this.#discovered = null;
      throw new ServerError('unavailable', 'the identity provider does not answer', { cause });
    }
  }
}

function roleOf(claim: unknown, { roles }: OidcSettings): Role | null {
  const groups = (Array.isArray(claim) ? claim : [claim]).filter((one) => typeof one === 'string');
  return roleOfGroups(groups, roles);
}

async function discover(
  client: typeof OpenidClient,
  { settings: { issuer, clientId, clientSecret }, fetch }: OidcDependencies,
): Promise<Configuration> {
  const authentication = clientSecret === null ? client.None() : client.ClientSecretPost(clientSecret);
  // Settings let plain http through on loopback only.
  const insecure = issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [];
  return client.discovery(issuer, clientId, undefined, authentication, {
    execute: [client.enableNonRepudiationChecks, ...insecure],
    [client.customFetch]: (url, options) => fetch(url, options as RequestInit),
  });
}
