import { describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import { Visitor } from '../support/visitor.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

interface Entry {
  at: string;
  by: string;
  byEmail: string | null;
  kind: string;
  entity: string;
  version: number;
  action: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown>;
}
interface Page {
  entries: Entry[];
  nextCursor: string | null;
  kinds: string[];
}

describe('the audit trail', () => {
  it('says who created, changed and revoked what, when, with what it was before', async () => {
    let now = NOW;
    const server = await testApp({ now: () => now });
    const { key, record } = await server.keys.create({ org: 'acme', scope: 'admin', email: 'root@acme.com' }, 'server');
    const admin = new Visitor(server);
    await admin.signIn({ key });
    now += 1000;
    await admin.visit('/api/v1/acme/members/ada@acme.com', { method: 'PUT', body: { team: 'web' } });
    now += 1000;
    await admin.visit('/api/v1/acme/members/ada@acme.com', { method: 'PUT', body: { role: 'manager' } });
    const { body: made } = await admin.visit<{ id: string; key: string }>('/api/v1/acme/keys', {
      method: 'POST',
      body: { scope: 'ingest' },
    });
    await admin.visit(`/api/v1/acme/keys/${made.id}`, { method: 'DELETE' });
    const { body } = await admin.visit<Page>('/api/v1/acme/audit');
    const by = { by: record.id, byEmail: 'root@acme.com' };
    const created = { kind: 'key', entity: made.id, version: 1, action: 'created' };
    expect(body.entries.map(({ after: _after, before: _before, ...entry }) => entry)).toEqual([
      { ...by, ...created, at: '2026-11-20T12:00:02.000Z', version: 2, action: 'revoked' },
      { ...by, ...created, at: '2026-11-20T12:00:02.000Z' },
      { ...by, at: '2026-11-20T12:00:02.000Z', kind: 'member', entity: 'ada@acme.com', version: 2, action: 'changed' },
      { ...by, at: '2026-11-20T12:00:01.000Z', kind: 'member', entity: 'ada@acme.com', version: 1, action: 'created' },
      { ...created, by: 'server', byEmail: null, at: '2026-11-20T12:00:00.000Z', entity: record.id },
      {
        ...{ by: 'server', byEmail: null, at: '2026-11-20T12:00:00.000Z' },
        ...{ kind: 'organization', entity: 'acme', version: 1, action: 'created' },
      },
    ]);
    const change = body.entries[2];
    expect([change?.before?.role, change?.after.role]).toEqual(['member', 'manager']);
    expect(body.kinds).toEqual(['key', 'member', 'organization']);
    // No secret, not even its hash.
    const stored = await server.store.readControl();
    const hashes = stored.flatMap(({ data }) => (typeof data.hash === 'string' ? [data.hash] : []));
    expect(hashes).toHaveLength(2);
    for (const secret of [key, made.key, ...hashes]) expect(JSON.stringify(body)).not.toContain(secret);
  });

  it('is read page by page, each entry once, also while new ones are written', async () => {
    const server = await testApp();
    const { key } = await server.keys.create({ org: 'acme', scope: 'admin' }, 'server');
    const admin = new Visitor(server);
    await admin.signIn({ key });
    const asking = { org: 'acme', author: 'test' };
    for (let n = 0; n < 7; n++) await server.people.roster.putMember(asking, `p${n}@acme.com`, {});
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page = (await admin.visit<Page>(`/api/v1/acme/audit?kind=member&limit=3${query}`)).body;
      expect(page.entries.length).toBeLessThanOrEqual(3);
      seen.push(...page.entries.map(({ entity }) => entity));
      cursor = page.nextCursor;
      await server.people.roster.putMember(asking, 'p0@acme.com', { name: `name ${seen.length}` });
    } while (cursor !== null);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `p${n}@acme.com`));
    for (const wrong of ['x', Buffer.from('["member","x",1]').toString('base64url'), 'e30'])
      expect((await admin.visit(`/api/v1/acme/audit?cursor=${wrong}`)).status).toBe(400);
  });

  it('is append-only: there is no way to change or remove any of it', async () => {
    const server = await testApp();
    const admin = new Visitor(server);
    await admin.signIn({ key: await server.key('admin') });
    for (const method of ['PUT', 'POST', 'DELETE'] as const)
      expect((await admin.visit('/api/v1/acme/audit', { method, body: {} })).status).toBe(404);
    const [first] = await server.store.readControl();
    if (!first) throw new Error('a key was made');
    await expect(server.store.appendControl([{ ...first, data: {} }])).rejects.toThrow(/has a version/);
  });
});
