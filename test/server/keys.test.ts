import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { logsBody } from '../support/calls.ts';
import { ControlLog } from '../../src/server/services/control-log.ts';
import { Keys } from '../../src/server/services/keys.ts';

interface Key {
  id: string;
  org: string;
  scope: string;
  email: string | null;
  createdAt: string;
  createdBy: string;
  revokedAt: string | null;
  key?: string;
}

const NOW = Date.UTC(2026, 10, 20, 12);

async function call<T>(
  { app }: TestApp,
  key: string,
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  body?: object,
): Promise<{ status: number; body: T }> {
  const response = await app.inject({
    method,
    url,
    headers: { 'x-api-key': key },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: response.statusCode, body: response.json<T>() };
}

const resolve = ({ app }: TestApp, key: string) =>
  app.inject({ url: '/v2/sdk/resolve-key', headers: { 'x-api-key': key } });

describe('keys', () => {
  it('are created, listed and revoked', async () => {
    const server = await testApp({ now: () => NOW });
    const admin = await server.key('admin');
    const made = await call<Required<Key>>(server, admin, 'POST', '/api/v1/acme/keys', {
      scope: 'member',
      email: 'Ada@Acme.com',
    });
    expect(made.status).toBe(201);
    const { key, ...shown } = made.body;
    expect(key).toMatch(/^hak_acme_[A-Za-z0-9]{32}$/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^key_[\w-]{12}$/) as unknown,
      org: 'acme',
      scope: 'member',
      email: 'ada@acme.com',
      createdAt: '2026-11-20T12:00:00.000Z',
      createdBy: expect.stringMatching(/^key_/) as unknown,
      revokedAt: null,
    });
    expect((await resolve(server, key)).json()).toEqual({
      id: shown.id,
      org: 'acme',
      scope: 'member',
      email: 'ada@acme.com',
    });

    const { body } = await call<{ keys: Key[] }>(server, admin, 'GET', '/api/v1/acme/keys');
    expect(body.keys).toHaveLength(2);
    expect(body.keys[1]).toEqual(shown);
    expect(JSON.stringify(body)).not.toContain(key);

    const revoked = await call<Key>(server, admin, 'DELETE', `/api/v1/acme/keys/${shown.id}`);
    expect(revoked).toEqual({ status: 200, body: { ...shown, revokedAt: '2026-11-20T12:00:00.000Z' } });
    expect((await resolve(server, key)).statusCode).toBe(401);
    expect(await call(server, admin, 'DELETE', `/api/v1/acme/keys/${shown.id}`)).toEqual(revoked);
    const after = await call<{ keys: Key[] }>(server, admin, 'GET', '/api/v1/acme/keys');
    expect(after.body.keys[1]).toEqual(revoked.body);
  });

  it('that are revoked stop working at once, on every route, and after a restart', async () => {
    const server = await testApp();
    const { key, record } = await server.keys.create({ org: 'acme', scope: 'admin' }, 'test');
    const ingest = () =>
      server.app.inject({
        method: 'POST',
        url: '/v1/logs',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        payload: logsBody({ n: 1 }),
      });
    expect((await ingest()).statusCode).toBe(200);
    expect((await call(server, key, 'DELETE', `/api/v1/acme/keys/${record.id}`)).status).toBe(200);
    expect((await ingest()).statusCode).toBe(401);
    expect((await call(server, key, 'GET', '/api/v1/acme/keys')).status).toBe(401);
    const log = new ControlLog(server.store);
    await log.load();
    expect(new Keys(log, Date.now).resolve(key)).toBeNull();
  });

  it('work after a restart', async () => {
    const server = await testApp();
    const { key, record } = await server.keys.create({ org: 'acme', scope: 'manager', email: 'a@b.co' }, 'test');
    const log = new ControlLog(server.store);
    await log.load();
    const restarted = new Keys(log, Date.now);
    expect(restarted.resolve(key)).toEqual({
      keyId: record.id,
      org: 'acme',
      scope: 'manager',
      email: 'a@b.co',
      operator: false,
    });
    expect(restarted.resolve(`${key}x`)).toBeNull();
    expect(restarted.resolve('')).toBeNull();
  });

  it('are kept as hashes: the secret is in no file and in no log line', async () => {
    const server = await testApp();
    const admin = await server.key('admin');
    const { body } = await call<Required<Key>>(server, admin, 'POST', '/api/v1/acme/keys', { scope: 'ingest' });
    await resolve(server, body.key);
    await server.app.inject({ url: '/v2/sdk/resolve-key', headers: { authorization: `Bearer ${body.key}` } });
    await call(server, admin, 'DELETE', `/api/v1/acme/keys/${body.id}`);
    await resolve(server, body.key);
    await server.app.close();
    await server.store.close();
    const files = readdirSync(server.directory).map((name) => readFileSync(path.join(server.directory, name)));
    // The id, which is stored beside it, is found; so would the secret be.
    expect(files.some((bytes) => bytes.includes(body.id))).toBe(true);
    const secret = body.key.slice('hak_acme_'.length);
    expect(files.some((bytes) => bytes.includes(secret))).toBe(false);
    expect(server.log()).toContain('/v2/sdk/resolve-key');
    expect(server.log()).not.toContain(secret);
  });

  it('are created and revoked by many at once, in an organisation that is new', async () => {
    const server = await testApp();
    const { key: operator } = await server.keys.create({ org: 'root', scope: 'admin', operator: true }, 'test');
    const made = await Promise.all(
      Array.from({ length: 20 }, () =>
        call<Required<Key>>(server, operator, 'POST', '/api/v1/globex/keys', { scope: 'ingest' }),
      ),
    );
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 201));
    expect(new Set(made.map(({ body }) => body.key)).size).toBe(20);
    const revokedId = made[0]?.body.id ?? '';
    const revocations = await Promise.all(
      Array.from({ length: 5 }, () => call<Key>(server, operator, 'DELETE', `/api/v1/globex/keys/${revokedId}`)),
    );
    expect(revocations.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const versions = await server.store.readControl();
    expect(versions.filter(({ kind, org }) => kind === 'organization' && org === 'globex')).toHaveLength(1);
    expect(versions.filter(({ entityId }) => entityId === revokedId).map(({ version }) => version)).toEqual([1, 2]);
    const { body } = await call<{ keys: Key[] }>(server, operator, 'GET', '/api/v1/globex/keys');
    expect(body.keys).toHaveLength(20);
  });

  it('of another organisation are neither seen nor revoked', async () => {
    const server = await testApp();
    const admin = await server.key('admin', 'acme');
    const { record, key } = await server.keys.create({ org: 'globex', scope: 'ingest' }, 'test');
    for (const [method, url] of [
      ['GET', '/api/v1/globex/keys'],
      ['DELETE', `/api/v1/globex/keys/${record.id}`],
      ['DELETE', `/api/v1/acme/keys/${record.id}`],
    ] as const) {
      const { status, body } = await call(server, admin, method, url);
      expect([method, url, status]).toEqual([method, url, 404]);
      expect(JSON.stringify(body)).not.toContain('ingest');
    }
    expect((await resolve(server, key)).statusCode).toBe(200);
  });
});

describe('a new organisation', () => {
  it('is made by the first key that the operator creates in it, and is its own', async () => {
    const server = await testApp();
    const { key: operator } = await server.keys.create({ org: 'root', scope: 'admin', operator: true }, 'test');
    const { status, body } = await call<Required<Key>>(server, operator, 'POST', '/api/v1/globex/keys', {
      scope: 'admin',
    });
    expect([status, body.org]).toEqual([201, 'globex']);
    // Its admin is no operator.
    expect((await call(server, body.key, 'POST', '/api/v1/initech/keys', { scope: 'admin' })).status).toBe(404);
    expect((await call(server, body.key, 'POST', '/api/v1/root/keys', { scope: 'admin' })).status).toBe(404);
    expect((await call(server, body.key, 'POST', '/api/v1/globex/keys', { scope: 'admin' })).status).toBe(201);
  });

  it('is not made by an ordinary admin', async () => {
    const server = await testApp();
    const admin = await server.key('admin');
    expect((await call(server, admin, 'POST', '/api/v1/globex/keys', { scope: 'ingest' })).status).toBe(404);
    expect(server.keys.organizations()).toEqual(['acme']);
  });

  it.each([
    'api',
    'v1',
    'metrics',
    'openapi',
    'Acme',
    'a',
    '-acme',
    'acme-',
    'ac_me',
    'ac.me',
    'ü-berg',
    'a'.repeat(41),
  ])('is not named %s', async (name) => {
    const server = await testApp();
    const { key } = await server.keys.create({ org: 'root', scope: 'admin', operator: true }, 'test');
    const url = `/api/v1/${encodeURIComponent(name)}/keys`;
    const { status, body } = await call<{ error: { message: string } }>(server, key, 'POST', url, { scope: 'ingest' });
    expect(status).toBe(400);
    expect(body.error.message).toMatch(/is not a name of 2 to 40 lower-case letters/);
    expect(server.keys.organizations()).toEqual(['root']);
  });

  it.each(['ab', 'acme-eu-1', '42', 'a'.repeat(40)])('is named %s', async (name) => {
    const server = await testApp();
    const { key } = await server.keys.create({ org: 'root', scope: 'admin', operator: true }, 'test');
    expect((await call(server, key, 'POST', `/api/v1/${name}/keys`, { scope: 'ingest' })).status).toBe(201);
  });
});

describe('a request for a key', () => {
  it.each([
    ['no scope', {}, 'scope'],
    ['an unknown scope', { scope: 'owner' }, 'scope'],
    ['no e-mail address', { scope: 'member', email: 'ada' }, 'email'],
    ['a field that nobody knows', { scope: 'ingest', operator: true }, 'operator'],
    ['a list', [], 'body'],
  ])('with %s is refused', async (_, body, named) => {
    const server = await testApp();
    const answer = await call<{ error: { code: string; message: string } }>(
      server,
      await server.key('admin'),
      'POST',
      '/api/v1/acme/keys',
      body,
    );
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid']);
    expect(answer.body.error.message).toContain(named);
    expect(server.keys.list('acme')).toHaveLength(1);
  });

  it('that is broken JSON is refused without being quoted', async () => {
    const server = await testApp();
    const response = await server.app.inject({
      method: 'POST',
      url: '/api/v1/acme/keys',
      headers: { 'x-api-key': await server.key('admin'), 'content-type': 'application/json' },
      payload: '{"scope":canary-11',
    });
    expect([response.statusCode, response.body.includes('canary')]).toEqual([400, false]);
    expect(server.log()).not.toContain('canary');
  });
});
