import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PullRequest } from '../../../src/usage/pull-request.ts';
import { GITHUB } from '../../../src/vendors/github/api.ts';
import { GithubReader } from '../../../src/vendors/github/merged.ts';
import type { VendorPull } from '../../support/github-api.ts';
import { GITHUB_TOKEN, GithubApi } from '../../support/github-api.ts';
import { SleepingClock, listening, vendorClient } from '../../support/vendor-client.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const FROM = Date.UTC(2026, 10, 1);
const SPAN = { fromMs: FROM, toMs: Date.UTC(2026, 10, 8) };

async function world() {
  const clock = new SleepingClock(NOW);
  const server = await listening(new GithubApi(clock.now));
  const api = vendorClient(GITHUB, server, GITHUB_TOKEN, clock);
  const reader = new GithubReader({ api, path: '/graphql', now: clock.now });
  const read = async (span = SPAN): Promise<PullRequest[]> => {
    const found: PullRequest[] = [];
    for await (const { pullRequests, unreadable } of reader.merged('acme', span)) {
      expect(unreadable).toBe(0);
      found.push(...pullRequests);
    }
    return found;
  };
  return { server, clock, reader, read };
}

const pull = (number: number, atMs: number, extra: Partial<VendorPull> = {}): VendorPull => ({
  organization: 'acme',
  repository: 'Acme/App',
  number,
  mergedAt: new Date(atMs).toISOString(),
  login: 'Ada',
  commits: [{ message: 'Fix', email: 'Ada@Acme.com', login: 'ada' }],
  ...extra,
});

const numbers = (rows: readonly PullRequest[]): number[] => rows.map(({ number }) => number).sort((a, b) => a - b);

it('reads pull requests with the tools that their commits, and their texts, are signed by', async () => {
  const { server, read } = await world();
  server.commitsPage = 2;
  server.pulls = [
    pull(1, FROM, {
      additions: 120,
      deletions: 7,
      commits: [
        { message: 'one', email: '1+ada@users.noreply.github.com', login: 'Ada' },
        { message: 'two', email: 'ada@acme.com', login: 'ada' },
        { message: 'three' },
        { message: 'four' },
        { message: 'five\n\nCo-Authored-By: Claude <noreply@anthropic.com>' },
      ],
      body: '🤖 Generated with [Claude Code](https://claude.com/claude-code)',
    }),
    pull(2, FROM + 1000, { mergeMessage: 'Squash (#2)\n\nCo-authored-by: Cursor <cursoragent@cursor.com>' }),
    pull(3, FROM + 2000, {
      login: 'copilot-swe-agent',
      isBot: true,
      branch: 'copilot/x',
      commits: [],
      mergeMessage: null,
    }),
    pull(4, FROM + 3000, { login: null }),
    pull(5, SPAN.toMs),
    pull(6, FROM, { organization: 'globex' }),
  ];
  const [first, ...others] = (await read()).sort((a, b) => a.number - b.number);
  expect(first).toEqual({
    repository: 'acme/app',
    number: 1,
    mergedAtMs: FROM,
    actor: 'github:ada',
    email: 'ada@acme.com',
    isBot: false,
    additions: 120,
    deletions: 7,
    commits: 5,
    commitTools: ['claude-code'],
    otherTools: ['claude-code'],
    readAtMs: NOW,
  });
  expect(others).toMatchObject([
    { number: 2, commitTools: ['cursor'], otherTools: [] },
    { number: 3, actor: 'github:copilot-swe-agent', isBot: true, commitTools: [], otherTools: ['copilot'] },
    { number: 4, actor: null, email: null },
  ]);
});

it('cuts what no search can show in halves, down to the second', async () => {
  const { server, read } = await world();
  // Twelve hundred on one afternoon, seven hundred of them within a minute.
  server.pulls = Array.from({ length: 1900 }, (_, i) =>
    pull(i + 1, i < 700 ? FROM + (i % 60) * 1000 : FROM + 3_600_000 + i * 9_000, { commits: [] }),
  );
  expect(numbers(await read())).toEqual(server.pulls.map(({ number }) => number));
}, 120_000);

it('says where more were merged in a second than can be shown', async () => {
  const { server, read } = await world();
  server.pulls = Array.from({ length: 1001 }, (_, i) => pull(i + 1, FROM, { commits: [] }));
  await expect(read({ fromMs: FROM, toMs: FROM + 4000 })).rejects.toThrow('merged in one second');
});

it('searches again where results move, and asks for less where a page takes too long', async () => {
  const { server, read } = await world();
  server.pulls = Array.from({ length: 60 }, (_, i) => pull(i + 1, FROM + i * 1000));
  let asked = 0;
  server.beforeAnswer = () => {
    asked += 1;
    if (asked === 2) server.pulls = [pull(99, FROM + 500), ...server.pulls];
  };
  expect(numbers(await read())).toEqual([...Array.from({ length: 60 }, (_, i) => i + 1), 99]);
  server.beforeAnswer = () => undefined;
  server.maxPage = 10;
  expect(await read()).toHaveLength(61);
});

it('waits as GitHub asks it to: by header, until the limit is reset, or a minute', async () => {
  const { server, read, clock } = await world();
  server.pulls = [pull(1, FROM)];
  const reset = String(NOW / 1000 + 100);
  server.faults = [
    { kind: 'status', status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } },
    { kind: 'status', status: 429, retryAfter: '7' },
    { kind: 'status', status: 429 },
  ];
  server.refusals = [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }];
  expect(numbers(await read())).toEqual([1]);
  expect(clock.slept).toEqual([100_000, 7000, 60_000, 60_000]);
});

it.each([
  [{ type: 'FORBIDDEN', message: 'Resource protected by organization SAML enforcement' }, 'forbidden'],
  [{ type: 'BAD_USER_INPUT', message: 'no such organisation' }, 'away'],
])('says what GraphQL says: %j', async (refusal, trouble) => {
  const { server, read } = await world();
  server.refusals = Array.from({ length: 20 }, () => refusal);
  await expect(read()).rejects.toMatchObject({ trouble, message: expect.stringContaining(refusal.message) as string });
});

it('reads one pull request, and knows of none', async () => {
  const { server, reader } = await world();
  server.pulls = [pull(7, FROM, { commits: [{ message: 'x\n\nCo-authored-by: Codex <noreply@openai.com>' }] })];
  expect(await reader.one('acme/app', 7)).toMatchObject({ number: 7, commitTools: ['codex'] });
  expect(await reader.one('acme/app', 8)).toBeNull();
});

it('whatever was merged when, finds each once', async () => {
  const { server, read } = await world();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -5000, max: SPAN.toMs - FROM + 5000 }), { maxLength: 150 }),
      async (times) => {
        server.pulls = times.map((at, i) => pull(i + 1, FROM + at));
        const inside = server.pulls.filter(({ mergedAt }) => {
          const at = Math.floor(Date.parse(mergedAt) / 1000) * 1000;
          return at >= SPAN.fromMs && at < SPAN.toMs;
        });
        expect(numbers(await read())).toEqual(inside.map(({ number }) => number));
      },
    ),
    { numRuns: 20 },
  );
});
