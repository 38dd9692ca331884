import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Somebody whom the provider knows. */
export interface OidcPerson {
  sub: string;
  email?: string;
  email_verified?: boolean;
  groups?: unknown;
}

interface Grant {
  person: OidcPerson;
  challenge: string;
  nonce: string;
  redirect: string;
}

export interface OidcProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who is at the keyboard. */
  person: OidcPerson;
  /** What its answers are made of, for tests that spoil them. */
  spoil: { nonce?: string; audience?: string; issuer?: string; expired?: boolean; foreignKey?: boolean };
  /** Answers 503 to everything. */
  down: boolean;
}

const NOBODY: OidcPerson = { sub: 'nobody' };

/**
 * A small provider after OpenID Connect Core 1.0 and Discovery 1.0: authorization code flow, PKCE (RFC 7636, S256
 * only), client_secret_post, ID tokens signed with RS256. It refuses what the standards refuse.
 */
export async function oidcProvider(): Promise<OidcProvider> {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const grants = new Map<string, Grant>();
  const provider: OidcProvider = {
    ...{ issuer: '', clientId: 'revenium', clientSecret: randomBytes(8).toString('hex'), person: NOBODY },
    ...{ spoil: {}, down: false },
  };

  const idToken = ({ person, nonce }: Grant): string => {
    const { spoil } = provider;
    const seconds = Math.floor(Date.now() / 1000) - (spoil.expired ? 7200 : 0);
    const claims = {
      iss: spoil.issuer ?? provider.issuer,
      aud: spoil.audience ?? provider.clientId,
      iat: seconds,
      exp: seconds + 3600,
      nonce: spoil.nonce ?? nonce,
      ...person,
    };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', kid: 'k1', typ: 'JWT' })}.${part(claims)}`;
    const signer = (spoil.foreignKey ? foreign : key).privateKey;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(signer, 'base64url')}`;
  };

  const authorize = (query: URLSearchParams, response: ServerResponse): void => {
    const wanted = (name: string): string => query.get(name) ?? '';
    const fine =
      wanted('response_type') === 'code' &&
      wanted('client_id') === provider.clientId &&
      wanted('scope').split(' ').includes('openid') &&
      wanted('code_challenge_method') === 'S256' &&
      /^[\w-]{43}$/.test(wanted('code_challenge'));
    if (!fine) return json(response, 400, { error: 'invalid_request' });
    const code = randomBytes(12).toString('hex');
    const redirect = wanted('redirect_uri');
    const { person } = provider;
    grants.set(code, { person, redirect, challenge: wanted('code_challenge'), nonce: wanted('nonce') });
    const back = new URL(redirect);
    back.search = new URLSearchParams({ code, state: wanted('state') }).toString();
    response.writeHead(302, { location: back.href }).end();
  };

  const token = (form: URLSearchParams, response: ServerResponse): void => {
    const code = form.get('code') ?? '';
    const grant = grants.get(code);
    // A code works once.
    grants.delete(code);
    if (form.get('client_id') !== provider.clientId || form.get('client_secret') !== provider.clientSecret)
      return json(response, 401, { error: 'invalid_client' });
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const fine =
      form.get('grant_type') === 'authorization_code' &&
      grant?.challenge === verifier &&
      grant.redirect === form.get('redirect_uri');
    if (!fine) return json(response, 400, { error: 'invalid_grant' });
    json(response, 200, { access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: idToken(grant) });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (provider.down) return json(response, 503, {});
    const url = new URL(request.url ?? '/', provider.issuer);
    const { issuer } = provider;
    if (url.pathname === '/.well-known/openid-configuration')
      return json(response, 200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    if (url.pathname === '/jwks')
      return json(response, 200, {
        keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }],
      });
    if (url.pathname === '/authorize') return authorize(url.searchParams, response);
    if (url.pathname === '/token' && request.method === 'POST') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      return token(new URLSearchParams(Buffer.concat(chunks).toString()), response);
    }
    json(response, 404, {});
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return provider;
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
