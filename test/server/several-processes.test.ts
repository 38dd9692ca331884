import { afterEach, describe, expect, it, vi } from 'vitest';
import { keepUp, openPeople } from '../../src/server/people.ts';
import type { Store } from '../../src/store/store.ts';
import { testApp } from '../support/app.ts';

const logger = { warn: () => undefined };
const asking = { org: 'acme', author: 'test' };

/** As a database that several processes write to. */
const sharedBy = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      if (name === 'shared') return true;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function'
        ? (...args: unknown[]): unknown => Reflect.apply(member, target, args)
        : member;
    },
  });

afterEach(() => {
  vi.useRealTimers();
});

describe('another process over the same database', () => {
  it('lets no revoked key in after five seconds', async () => {
    const server = await testApp({ wrap: sharedBy });
    const { key, record } = await server.keys.create({ org: 'acme', scope: 'ingest' }, 'test');
    const other = await openPeople({ store: sharedBy(server.store), logger, now: Date.now });
    expect(other.keys.resolve(key)?.keyId).toBe(record.id);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const stop = keepUp(other, logger);
    await server.keys.revoke('acme', record.id, 'test');
    vi.advanceTimersByTime(4_999);
    vi.useRealTimers();
    await vi.waitFor(() => expect(other.keys.resolve(key)).toBeNull(), { timeout: 30_000 });
    stop();
  });

  it('goes on keeping up after storage was out of reach', async () => {
    const server = await testApp({ wrap: sharedBy });
    const { key, record } = await server.keys.create({ org: 'acme', scope: 'ingest' }, 'test');
    const other = await openPeople({ store: sharedBy(server.store), logger, now: Date.now });
    await server.keys.revoke('acme', record.id, 'test');
    const warn = vi.fn();
    const reload = vi
      .fn(other.reload)
      .mockRejectedValueOnce(new Error('out of reach'))
      .mockRejectedValueOnce(new Error('out of reach'));
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const stop = keepUp({ reload }, { warn });
    for (let n = 0; n < 3; n++) {
      await vi.advanceTimersByTimeAsync(2_000);
    }
    vi.useRealTimers();
    await vi.waitFor(() => expect(other.keys.resolve(key)).toBeNull(), { timeout: 30_000 });
    expect(warn).toHaveBeenCalledTimes(2);
    stop();
  });

  it('signs with the same secret, and knows people, roles and sessions that ended', async () => {
    const server = await testApp({ wrap: sharedBy });
    const id = await server.keyId('admin');
    const { token } = server.people.sessions.begin({ kind: 'key', id });
    const other = await openPeople({ store: sharedBy(server.store), logger, now: Date.now });
    const session = other.sessions.resolve(token);
    expect(session?.caller.keyId).toBe(id);
    await server.people.roster.putMember(asking, 'ada@acme.com', { team: 'web' });
    await other.reload();
    expect(other.viewOf('acme').byEmail.get('ada@acme.com')?.terms[0]?.team).toBe('web');
    if (session) await other.sessions.end(session);
    expect(server.people.sessions.resolve(token)).not.toBeNull();
    await server.people.reload();
    expect(server.people.sessions.resolve(token)).toBeNull();
  });

  it('gives the loser of a race a 409, whichever process it asked', async () => {
    const server = await testApp({ wrap: sharedBy });
    await server.people.roster.putMember(asking, 'ada@acme.com', { team: 'web' });
    const other = await openPeople({ store: sharedBy(server.store), logger, now: Date.now });
    await server.people.roster.putMember(asking, 'ada@acme.com', { team: 'core' });
    await expect(other.roster.putMember(asking, 'ada@acme.com', { team: 'data' })).rejects.toMatchObject({
      code: 'conflict',
    });
    // Having looked again, it knows better.
    const written = await other.roster.putMember(asking, 'ada@acme.com', { team: 'data' });
    expect([written.version, written.value.terms.map(({ team }) => team)]).toEqual([3, ['web', 'core', 'data']]);
  });
});
