import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { runBinary } from '../../../../src/cli/run.ts';
import { eventId } from '../../../../src/usage/identity.ts';
import { observe } from '../../../../src/usage/merge.ts';
import { testApp } from '../../../support/app.ts';
import { testContext } from '../../../support/context.ts';
import { NOW, cursorLine, teamFile } from '../../../support/csv-files.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function world() {
  const server = await testApp({ now: () => NOW });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const env = { REVENIUM_ENDPOINT: `http://127.0.0.1:${port}`, REVENIUM_API_KEY: await server.key('admin') };
  const run = async (...args: string[]) => {
    const context = testContext({ cwd: tempDir(), env, fetch, now: () => NOW });
    const code = await runBinary('revenium-leaderboard', ['--server', ...args], context);
    return { code, out: context.io.stdout.text, err: context.io.stderr.text };
  };
  const file = teamFile(
    cursorLine({ kind: 'On-Demand', model: 'm', cost: '1.25', input: 1000, output: 500 }),
    cursorLine({ user: 'grace@acme.com', kind: 'On-Demand', model: 'm', cost: '0.50' }),
  );
  const headers = { 'x-api-key': env.REVENIUM_API_KEY, 'content-type': 'text/csv' };
  await server.app.inject({ method: 'POST', url: '/api/v1/acme/imports', headers, payload: file });
  await server.store.write({
    events: [1, 2].map((n) =>
      observe({
        org: 'acme',
        id: eventId(['claude-request', `req_${n}`]),
        assistant: 'claude-code',
        source: 'telemetry',
        atMs: NOW - n * 1000,
        sessionId: 's1',
        actor: 'email:grace@acme.com',
        model: 'claude-opus-5-5',
        inputTokens: 1_000_000,
        tier: 'api',
        billing: 'metered',
      }),
    ),
    activities: [],
  });
  return { run, server };
}

describe('the leaderboard of a server', () => {
  it('ranks what is stored, by person, with a row for each tool', async () => {
    const { run } = await world();
    const { code, out, err } = await run('--json', '--sort', 'tokens');
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toEqual([
      {
        rank: 1,
        user: 'grace@acme.com',
        // One session, and one event.
        requests: 2,
        tokens: 2_000_110,
        costMicros: 8_500_000,
        tools: [
          { tool: 'Claude Code', requests: 1, tokens: 2_000_000, costMicros: 8_000_000 },
          { tool: 'Cursor', requests: 1, tokens: 110, costMicros: 500_000 },
        ],
      },
      {
        rank: 2,
        user: 'ada@acme.com',
        requests: 1,
        tokens: 1500,
        costMicros: 1_250_000,
        tools: [{ tool: 'Cursor', requests: 1, tokens: 1500, costMicros: 1_250_000 }],
      },
    ]);
  });

  it('looks as that of the vendors does', async () => {
    const { run } = await world();
    const { out } = await run('--days', '7', '--limit', '1');
    expect(out).toBe(
      [
        'AI Coding Usage Leaderboard (Last 7 days)',
        '',
        '#  User            Requests  Tokens   Cost  Tools',
        '1  grace@acme.com         2    2.0M  $8.50  Claude Code, Cursor',
        '   ├ Claude Code          1    2.0M  $8.00',
        '   └ Cursor               1     110  $0.50',
        '',
      ].join('\n'),
    );
  });

  it('says of how many people the server names the first', async () => {
    const answers = [
      { org: 'acme' },
      {
        total: 12_345,
        rows: [{ user: null, tools: [{ assistant: 'cursor', requests: 1, tokens: 2, costMicros: 3 }] }],
      },
    ];
    const context = testContext({
      cwd: tempDir(),
      env: { REVENIUM_ENDPOINT: 'https://usage.acme.com', REVENIUM_API_KEY: 'hak_acme_key' },
      fetch: () => Promise.resolve(Response.json(answers.shift())),
    });
    expect(await runBinary('revenium-leaderboard', ['--server', '--limit', '5'], context)).toBe(0);
    expect(context.io.stderr.text).toBe('note: the server has 12,345 people, of whom it names the first 1\n');
  });

  it('says what is missing where there is no server', async () => {
    const context = testContext({ cwd: tempDir(), env: {}, home: tempDir() });
    expect(await runBinary('revenium-leaderboard', ['--server'], context)).toBe(2);
    expect(context.io.stderr.text).toContain('no server was named');
  });
});
