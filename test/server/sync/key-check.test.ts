import { expect, it, onTestFinished } from 'vitest';
import { checkKey } from '../../../src/server/sync/key-check.ts';
import type { KeyCheckOptions } from '../../../src/server/sync/key-check.ts';
import { CURSOR_KEY, CursorApi } from '../../support/cursor-api.ts';
import { GITHUB_TOKEN, GithubApi } from '../../support/github-api.ts';
import { OPENAI_KEY, OpenAiApi } from '../../support/openai-api.ts';
import { listening } from '../../support/vendor-client.ts';

const NOW = Date.UTC(2026, 10, 20, 9, 30);
const now = (): number => NOW;

async function check(options: Pick<KeyCheckOptions, 'vendor' | 'apiKey' | 'settings'>, env: Record<string, string>) {
  const sleep = (): Promise<void> => Promise.reject(new Error('nobody waits'));
  const { signal } = new AbortController();
  const checked = await checkKey({ ...options, signal }, { env, fetch, now, sleep, random: () => 0.5 });
  return checked.map(({ what, state }) => `${what}: ${state}`);
}

it('asks OpenAI for usage, costs and users, and tries nothing again', async () => {
  const server = await listening(new OpenAiApi(now));
  const ask = (apiKey: string) =>
    check({ vendor: 'openai', apiKey, settings: {} }, { OPENAI_API_BASE_URL: server.url });
  expect(await ask(OPENAI_KEY)).toEqual(['completions usage: granted', 'costs: granted', 'users: granted']);
  server.faults = [{ kind: 'status', status: 403 }, { kind: 'status', status: 429 }, { kind: 'garbage' }];
  expect(await ask(OPENAI_KEY)).toEqual(['completions usage: refused', 'costs: unavailable', 'users: unavailable']);
  expect(await ask('sk-proj-another')).toEqual(['completions usage: refused']);
});

it('asks Cursor for members and a minute of events', async () => {
  const server = await CursorApi.start(now);
  onTestFinished(() => server.close());
  const ask = (apiKey: string) =>
    check({ vendor: 'cursor', apiKey, settings: {} }, { CURSOR_API_BASE_URL: server.url });
  expect(await ask(CURSOR_KEY)).toEqual(['members: granted', 'usage events: granted']);
  expect(await ask('key_of_a_person')).toEqual(['members: refused']);
});

it('asks GitHub for each organisation’s pull requests', async () => {
  const server = await listening(new GithubApi(now));
  server.refusals = [{ type: 'FORBIDDEN', message: 'Resource protected by organization SAML enforcement' }];
  const settings = { organizations: ['acme', 'globex'] };
  expect(
    await check({ vendor: 'github', apiKey: GITHUB_TOKEN, settings }, { GITHUB_API_BASE_URL: server.url }),
  ).toEqual(['pull requests of acme: refused', 'pull requests of globex: granted']);
});
