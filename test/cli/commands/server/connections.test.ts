import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runBinary } from '../../../../src/cli/run.ts';
import { ANTHROPIC_KEY, AnthropicApi } from '../../../support/anthropic-api.ts';
import { testApp } from '../../../support/app.ts';
import { testContext } from '../../../support/context.ts';
import { GITHUB_TOKEN, GithubApi } from '../../../support/github-api.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { listening } from '../../../support/vendor-client.ts';

const NOW = Date.UTC(2026, 10, 20, 9, 30);
const WEBHOOK_SECRET = 'whsec_topsecret_0123';

async function world(given: { vendorEnv?: Record<string, string>; env?: Record<string, string> } = {}) {
  const anthropic = await listening(new AnthropicApi(() => NOW));
  const github = await listening(new GithubApi(() => NOW));
  const server = await testApp({
    now: () => NOW,
    vendorEnv: { ANTHROPIC_API_BASE_URL: anthropic.url, GITHUB_API_BASE_URL: github.url, ...given.vendorEnv },
    vendorFetch: fetch,
  });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const admin = await server.key('admin');
  const env = { REVENIUM_ENDPOINT: `http://127.0.0.1:${port}`, REVENIUM_API_KEY: admin, ...given.env };
  const cwd = tempDir();
  const run = async (args: readonly string[], stdin = '') => {
    const context = testContext({ env, fetch, cwd, now: () => NOW });
    context.io.stdin.end(stdin);
    const code = await runBinary('revenium-server', ['connections', ...args], context);
    return { code, stdout: context.io.stdout.text, stderr: context.io.stderr.text };
  };
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(cwd, name), text);
    return name;
  };
  return { ...server, anthropic, github, run, file };
}

it('takes a key in by a pipe, a file or the environment, tries it, and never shows it', async () => {
  const one = await world({ env: { ANTHROPIC_ADMIN_KEY: ANTHROPIC_KEY } });
  const piped = await one.run(['set', 'anthropic', '--key-file', '-'], `${ANTHROPIC_KEY}\n`);
  expect(piped).toEqual({
    code: 0,
    stdout: 'anthropic · sk-ant-…GHIJ (stored)\n',
    stderr: expect.stringContaining('revenium-server sync anthropic') as string,
  });
  expect(one.anthropic.requests.map(({ path: asked }) => asked.split('/').at(-1))).toEqual([
    ...['claude_code', 'messages', 'cost_report', 'users'],
  ]);
  const filed = await one.run(['set', 'anthropic', '--key-file', one.file('key.txt', `\uFEFF${ANTHROPIC_KEY}\r\n`)]);
  expect(filed.code).toBe(0);
  const named = await one.run(['set', 'anthropic']);
  expect(named.stderr).toContain('the key of ANTHROPIC_ADMIN_KEY is taken');
  const list = await one.run(['list']);
  expect(list.stdout.split('\n').slice(0, 3)).toEqual([
    'VENDOR     KEY           FROM    SETTINGS  LAST SYNC  STATE  NEXT',
    'anthropic  sk-ant-…GHIJ  stored  –         –          –      –',
    'openai     –             –       –         –          –      –',
  ]);
  const audit = await runAudit(one);
  expect(audit).toContain('anthropic');
  for (const text of [piped, filed, named, list].flatMap(({ stdout, stderr }) => [stdout, stderr]))
    expect(text).not.toContain(ANTHROPIC_KEY);
  expect(audit + one.log() + JSON.stringify(await one.store.readControl())).not.toContain(ANTHROPIC_KEY);
});

async function runAudit({ app, key }: Awaited<ReturnType<typeof world>>): Promise<string> {
  return (await app.inject({ url: '/api/v1/acme/audit', headers: { 'x-api-key': await key('admin') } })).body;
}

it('stores no key that opens nothing, unless told to; one that opens a part it stores, and says so', async () => {
  const one = await world();
  const wrong = 'sk-ant-api03-thisisnoadminkey';
  const refused = await one.run(['set', 'anthropic', '--key-file', '-'], wrong);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/Anthropic answered 401.*nothing was stored[^]*Admin API key[^]*--skip-check/),
  ]);
  expect(one.anthropic.requests).toHaveLength(1);
  expect(one.vendors.connections.find('acme', 'anthropic').keyFrom).toBeNull();
  expect((await one.run(['set', 'anthropic', '--key-file', '-', '--skip-check'], wrong)).code).toBe(0);
  one.anthropic.hidesCosts = true;
  const part = await one.run(['set', 'anthropic', '--key-file', '-'], ANTHROPIC_KEY);
  expect([part.code, part.stderr]).toEqual([0, expect.stringMatching(/cost report\s+refused: Anthropic answered 403/)]);
  expect(one.vendors.connections.find('acme', 'anthropic').keyHint).toBe('sk-ant-…GHIJ');
});

it('tests what is stored, and fails where something is refused or away', async () => {
  const one = await world({ vendorEnv: { ANTHROPIC_ADMIN_API_KEY: ANTHROPIC_KEY } });
  expect(await one.run(['test', 'anthropic'])).toEqual({
    code: 0,
    stdout:
      '  Claude Code report  granted\n  messages report     granted\n  cost report         granted\n  users               granted\n',
    stderr: '',
  });
  one.anthropic.faults = [{ kind: 'status', status: 503 }];
  const away = await one.run(['test', 'anthropic', '--json']);
  expect([away.code, JSON.parse(away.stdout)]).toMatchObject([
    1,
    { vendor: 'anthropic', accepted: false, checks: [{ state: 'unavailable' }, { state: 'granted' }, {}, {}] },
  ]);
  const unknown = await one.run(['test', 'openai']);
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('no key of openai is known for acme')]);
});

it('sets GitHub’s organisations and webhook, keeps a key that is known, and forgets it when told to', async () => {
  const one = await world({ vendorEnv: { GITHUB_TOKEN } });
  const nowhere = await one.run(['test', 'github']);
  expect(nowhere.stderr).toContain('it is not known whose pull requests to read');
  const secret = one.file('secret', WEBHOOK_SECRET);
  const set = ['set', 'github', '--organizations', 'acme,acme-labs', '--webhook-secret-file', secret];
  expect((await one.run(set)).stdout).toBe(
    'github · ghp_…J012 (environment) · acme, acme-labs · webhook secret\n'.replace('J012', GITHUB_TOKEN.slice(-4)),
  );
  expect((await one.run(['set', 'github', '--key-file', '-'], GITHUB_TOKEN)).code).toBe(0);
  expect(one.vendors.connections.find('acme', 'github')).toMatchObject({
    keyFrom: 'stored',
    hasWebhookSecret: true,
    settings: { organizations: ['acme', 'acme-labs'] },
  });
  const removed = await one.run(['remove', 'github']);
  expect(removed).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("server's environment still has") as string,
  });
  expect(one.vendors.connections.find('acme', 'github')).toMatchObject({
    keyFrom: 'environment',
    hasWebhookSecret: false,
  });
});

it('answers 2 to what is missing or does not belong together', async () => {
  const one = await world();
  const cases: (readonly [readonly string[], RegExp, string?])[] = [
    [['set', 'copilot'], /"copilot" is no vendor/],
    [['set', 'anthropic'], /no key of anthropic was given[^]*--key-file -[^]*ANTHROPIC_ADMIN_API_KEY/],
    [['set', 'anthropic', '--key-file', '-'], /standard input holds nothing/],
    [['set', 'anthropic', '--key-file', '-'], /standard input holds more than a key/, 'a b'],
    [['set', 'anthropic', '--key-file', 'nowhere'], /there is no file nowhere/],
    [['set', 'openai', '--tier', 'business'], /--tier is for cursor, not for openai/],
    [['set', 'cursor', '--webhook-secret-file', 'x'], /--webhook-secret-file is for github, not for cursor/],
  ];
  for (const [args, says, stdin] of cases) {
    const { code, stderr } = await one.run(args, stdin);
    expect([args, code, stderr]).toEqual([args, 2, expect.stringMatching(says)]);
  }
});
