import { expect, it, onTestFinished } from 'vitest';
import { openDuckdb } from '../../../src/store/duckdb/open.ts';
import { sql } from '../../../src/reports/sql.ts';
import type { Store } from '../../../src/store/store.ts';
import type { DailyFigure } from '../../../src/usage/daily-figure.ts';
import type { PullRequest } from '../../../src/usage/pull-request.ts';
import { tempDir } from '../../support/temp-dir.ts';

const open = async (directory = tempDir()): Promise<Store> => {
  const store = await openDuckdb({ directory, price: () => ({ listMicros: null, cacheSavingsMicros: null }) });
  onTestFinished(() => store.close());
  return store;
};

const figure = (day: number, actor: string, value: number, reporter = 'anthropic-claude-code'): DailyFigure => ({
  day,
  assistant: 'claude-code',
  reporter,
  actor,
  name: 'commits',
  value,
});

const pull = (number: number, readAtMs: number, extra: Partial<PullRequest> = {}): PullRequest => ({
  repository: 'acme/app',
  number,
  mergedAtMs: Date.UTC(2026, 10, 5, 10, 20),
  actor: 'github:ada',
  email: null,
  isBot: false,
  additions: 10,
  deletions: 2,
  commits: 1,
  commitTools: [],
  otherTools: [],
  readAtMs,
  ...extra,
});

it("replaces a reporter's days, and no other's", async () => {
  const store = await open();
  await store.replaceFigures('acme', [figure(1, 'a', 5), figure(1, 'b', 6), figure(2, 'a', 7)]);
  await store.replaceFigures('globex', [figure(1, 'a', 50)]);
  await store.replaceFigures('acme', [figure(1, 'a', 1, 'cursor-daily-usage')]);
  await store.replaceFigures('acme', [figure(1, 'b', 8)]);
  await store.replaceFigures('acme', []);
  expect(
    await store.query(sql`SELECT org, reporter, day, actor, value FROM daily_figure ORDER BY org, reporter, day`),
  ).toEqual([
    { org: 'acme', reporter: 'anthropic-claude-code', day: 1, actor: 'b', value: 8 },
    { org: 'acme', reporter: 'anthropic-claude-code', day: 2, actor: 'a', value: 7 },
    { org: 'acme', reporter: 'cursor-daily-usage', day: 1, actor: 'a', value: 1 },
    { org: 'globex', reporter: 'anthropic-claude-code', day: 1, actor: 'a', value: 50 },
  ]);
});

it('keeps the newest reading of each pull request, whatever the order', async () => {
  const store = await open();
  await store.writePullRequests('acme', [
    pull(1, 10),
    pull(2, 10),
    pull(1, 30, { commitTools: ['claude-code', 'codex'] }),
  ]);
  await store.writePullRequests('acme', [pull(1, 20, { additions: 99 }), pull(2, 11, { additions: 12 })]);
  await store.writePullRequests('globex', [pull(1, 1)]);
  expect(
    await store.query(
      sql`SELECT org, number, additions, commit_tools, quarter_hour, read_at_ms FROM pull_request ORDER BY org, number`,
    ),
  ).toEqual([
    { org: 'acme', number: 1, additions: 10, commit_tools: 'claude-code,codex', quarter_hour: 1993193, read_at_ms: 30 },
    { org: 'acme', number: 2, additions: 12, commit_tools: '', quarter_hour: 1993193, read_at_ms: 11 },
    { org: 'globex', number: 1, additions: 10, commit_tools: '', quarter_hour: 1993193, read_at_ms: 1 },
  ]);
});
