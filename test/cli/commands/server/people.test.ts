import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBinary } from '../../../../src/cli/run.ts';
import { testApp } from '../../../support/app.ts';
import { send } from '../../../support/calls.ts';
import { testContext } from '../../../support/context.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

/** A server that listens, and its command line for an administrator. */
async function administrator() {
  const server = await testApp({ now: () => NOW });
  const url = await server.app.listen({ port: 0, host: '127.0.0.1' });
  const cwd = tempDir();
  const env = { REVENIUM_ENDPOINT: url, REVENIUM_API_KEY: await server.key('admin') };
  const cli = async (...args: string[]) => {
    const context = testContext({ env, cwd, fetch, now: () => NOW });
    const code = await runBinary('revenium-server', args, context);
    return { code, out: context.io.stdout.text, err: context.io.stderr.text };
  };
  const file = (name: string, ...lines: string[]): string => {
    writeFileSync(path.join(cwd, name), lines.map((line) => `${line}\n`).join(''));
    return name;
  };
  return { server, cli, cwd, file, url };
}

describe('revenium-server users', () => {
  it('takes a file in, shows what it did, and says what it did not take', async () => {
    const { cli, file } = await administrator();
    const members = file(
      'm.csv',
      'email,name,team,shoes',
      'ada@acme.com,Ada,web,38',
      'nobody,Eve,,',
      'bob@acme.com,,,',
    );
    const dry = await cli('users', 'import', members, '--dry-run');
    expect(dry).toEqual({
      code: 1,
      out: '2 would be added, 0 would be changed, 0 as they were\n',
      err: expect.stringContaining('not read: shoes\nline 3: email: "nobody" is no e-mail address\n') as unknown,
    });
    expect((await cli('users', 'import', members)).out).toBe('2 added, 0 changed, 0 as they were\n');
    const again = await cli('users', 'import', members, '--json');
    expect(JSON.parse(again.out)).toMatchObject({ added: 0, unchanged: 2, rejected: [{ line: 3 }] });
    expect((await cli('users', 'import', 'nothing.csv')).code).toBe(2);
    expect((await cli('users', 'list')).out.split('\n').map((line) => line.trimEnd())).toEqual([
      'E-MAIL        NAME  TEAM  DEPARTMENT  ROLE    MANAGER  JOINED  LEFT  IS',
      'ada@acme.com  Ada   web   –           member  –        –       –     –',
      'bob@acme.com  –     –     –           member  –        –       –     –',
      '',
    ]);
  });

  it('changes, merges, invites, and writes a file that reads back', async () => {
    const { cli, cwd, server, url } = await administrator();
    const set = [
      'users',
      'set',
      'ada@acme.com',
      '--team',
      'web',
      '--role',
      'manager',
      '--alias',
      'github:ada, ada@home.org',
    ];
    expect((await cli(...set)).out).toBe('ada@acme.com · manager · web\n');
    expect((await cli('users', 'set', 'ada@acme.com', '--to', '2026-11-01')).out).toBe(
      'ada@acme.com · left 2026-11-01 · web\n',
    );
    await cli('users', 'set', 'ada.l@acme.com');
    expect((await cli('users', 'merge', 'ada.l@acme.com', 'ada@acme.com')).out).toBe(
      'ada.l@acme.com · is ada@acme.com\n',
    );
    expect((await cli('users', 'unmerge', 'ada.l@acme.com')).out).toBe('ada.l@acme.com · member\n');
    expect(await cli('users', 'unmerge', 'ada.l@acme.com')).toMatchObject({ code: 1 });
    expect((await cli('users', 'export', '--output', 'out.csv')).code).toBe(0);
    expect(readFileSync(path.join(cwd, 'out.csv'), 'utf8')).toContain(
      'ada@acme.com,,ada@home.org;github:ada,web,,manager',
    );
    expect((await cli('users', 'import', 'out.csv')).out).toBe('0 added, 0 changed, 2 as they were\n');
    const invited = await cli('users', 'invite', 'ada@acme.com', '--days', '2');
    expect(invited.out).toMatch(new RegExp(`^${url}/welcome#[A-Za-z0-9]{32}\n$`));
    expect(invited.err).toContain('as manager, once, until 2026-11-22');
    expect(server.people.invitations.list('acme')).toHaveLength(1);
  });
});

describe('revenium-server seats', () => {
  it('gives, changes, prices and ends them', async () => {
    const { cli, file } = await administrator();
    await cli('seats', 'set', 'ada@acme.com', 'claude-code', 'max_20x');
    const changed = await cli(
      'seats',
      'set',
      'ada@acme.com',
      'claude-code',
      'pro',
      '--from',
      '2026-11-10',
      '--price',
      '18.5',
    );
    expect(
      changed.out
        .split('\n')
        .slice(1)
        .map((line) => line.trimEnd()),
    ).toEqual([
      'ada@acme.com  claude-code  Claude Max 20x  $200.00  –           2026-11-10',
      'ada@acme.com  claude-code  Claude Pro      $18.50   2026-11-10  –',
      '',
    ]);
    expect((await cli('seats', 'end', 'ada@acme.com', 'claude-code', '--at', '2026-12-01')).out).toContain(
      '2026-12-01',
    );
    const prices = await cli('seats', 'prices', '--set', 'cursor:business=32');
    expect(prices.out).toMatch(/cursor +business +Cursor Business \(Teams Standard\) +\$32\.00 +\$40\.00/);
    expect((await cli('seats', 'prices', '--set', 'cursor:business=default')).out).toMatch(/\$40\.00 +\$40\.00/);
    for (const wrong of ['cursor', 'cursor:business=much'])
      expect((await cli('seats', 'prices', '--set', wrong)).code).toBe(2);
    const seats = file('s.csv', 'email,assistant,tier', 'bob@acme.com,cursor,pro');
    expect((await cli('seats', 'import', seats)).out).toBe('1 added, 0 changed, 0 as they were\n');
    expect((await cli('seats', 'export')).out).toContain('bob@acme.com,cursor,pro,Cursor Pro,20,,\r\n');
  });
});

describe('revenium-server mappings', () => {
  it('lists who is unknown, and says who they are', async () => {
    const { cli, server } = await administrator();
    await send(server, [{ n: 1, at: '2026-11-05T10:00:00Z', email: '', more: { 'user.account_uuid': 'ada' } }]);
    await cli('users', 'set', 'ada@acme.com');
    expect((await cli('mappings', 'unmapped')).out).toContain(
      'account:ada  claude-code  1         2026-11-05  2026-11-05  ada@acme.com (the same name)',
    );
    expect((await cli('mappings', 'add', 'account:ada', 'ada@acme.com', '--to', '2026-12-01')).code).toBe(0);
    const clash = await cli('mappings', 'add', 'account:ada', 'bob@acme.com');
    expect([clash.code, clash.err.includes('409'), clash.err.includes('overlaps')]).toEqual([1, true, true]);
    expect(JSON.parse((await cli('mappings', 'unmapped', '--json')).out)).toEqual([]);
    expect((await cli('mappings', 'list')).out).toContain('account:ada  ada@acme.com  –     2026-12-01');
    expect((await cli('mappings', 'remove', 'account:ada')).out).toBe('account:ada stands for itself\n');
  });
});

describe('revenium-server audit', () => {
  it('tells who did what, the latest first, over as many pages as it takes', async () => {
    const { cli, server } = await administrator();
    const asking = { org: 'acme', author: 'test' };
    for (let n = 0; n < 5; n++) await server.people.roster.putMember(asking, `p${n}@acme.com`, { team: 'web' });
    await cli('users', 'set', 'p4@acme.com', '--role', 'admin');
    const { out } = await cli('audit', '--kind', 'member', '--limit', '2');
    expect(out.split('\n')[1]).toMatch(/^2026-11-20T12:00:00Z {2}key_\S+ +changed +member +p4@acme\.com +role=admin$/);
    expect(out.split('\n')).toHaveLength(4);
    const all = JSON.parse((await cli('audit', '--limit', '5000', '--json')).out) as unknown[];
    expect(all).toHaveLength(8);
  });
});
