import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { runBinary } from '../../../../src/cli/run.ts';
import { ANTHROPIC_KEY, AnthropicApi } from '../../../support/anthropic-api.ts';
import { testApp } from '../../../support/app.ts';
import { testContext } from '../../../support/context.ts';
import { listening } from '../../../support/vendor-client.ts';

const NOW = Date.UTC(2026, 10, 20, 9, 30);

async function world() {
  const vendor = await listening(new AnthropicApi(() => NOW));
  const server = await testApp({
    now: () => NOW,
    vendorEnv: { ANTHROPIC_API_BASE_URL: vendor.url, ANTHROPIC_ADMIN_API_KEY: ANTHROPIC_KEY },
    vendorFetch: fetch,
  });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const env = { REVENIUM_ENDPOINT: `http://127.0.0.1:${port}`, REVENIUM_API_KEY: await server.key('admin') };
  const run = async (...args: string[]) => {
    const sleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const context = testContext({ env, fetch, sleep, now: () => NOW });
    const code = await runBinary('revenium-server', ['sync', ...args], context);
    return { code, stdout: context.io.stdout.text, stderr: context.io.stderr.text };
  };
  return { vendor, run };
}

it('reads a vendor, waits, and says what came of it', async () => {
  const { vendor, run } = await world();
  vendor.claudeCode = [
    {
      date: '2026-11-19T00:00:00Z',
      actor: { type: 'user_actor', email_address: 'ada@acme.com' },
      core_metrics: { num_sessions: 2 },
      model_breakdown: [{ model: 'claude-opus-5-5', tokens: { input: 1 }, estimated_cost: { amount: 1 } }],
    },
  ];
  expect(await run('anthropic', '--days', '3')).toEqual({
    code: 0,
    stdout: [
      'Synced anthropic in 0.0 s',
      '  claude-code  1 rows read, 1 of them new or changed',
      '  messages     0 rows read, 0 of them new or changed',
      '',
    ].join('\n'),
    stderr: '',
  });
  const asked = vendor.requests
    .filter(({ path }) => path.endsWith('claude_code'))
    .map(({ query }) => query.get('starting_at'));
  expect(asked).toEqual(['2026-11-20', '2026-11-19', '2026-11-18']);
  const again = await run('anthropic', '--from', '2026-11-19', '--to', '2026-11-20', '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ vendor: 'anthropic', state: 'done', fetched: 1, written: 0 });
});

it('fails with what the vendor said, and 2 for what is no vendor', async () => {
  const { vendor, run } = await world();
  vendor.beforeAnswer = ({ path }) => {
    if (path.endsWith('claude_code')) vendor.faults = [{ kind: 'status', status: 403 }];
  };
  vendor.faults = [{ kind: 'status', status: 403 }];
  const failed = await run('anthropic');
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('claude-code: Anthropic answered 403');
  expect(failed.stderr).not.toContain(ANTHROPIC_KEY);
  expect((await run('copilot')).code).toBe(2);
  expect((await run('anthropic', '--days', '0')).code).toBe(2);
  const missing = await run('openai');
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('no key of openai is known for acme')]);
});
