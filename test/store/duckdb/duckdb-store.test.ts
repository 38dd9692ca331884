import { expect, it, onTestFinished } from 'vitest';
import { raw } from '../../../src/reports/sql.ts';
import { openDuckdb } from '../../../src/store/duckdb/open.ts';
import { ForeignDatabase } from '../../../src/store/duckdb/schema.ts';
import { utcDay } from '../../../src/usage/days.ts';
import { eventId } from '../../../src/usage/identity.ts';
import { observe } from '../../../src/usage/merge.ts';
import { tempDir } from '../../support/temp-dir.ts';

it('refuses a database that another program made', async () => {
  const directory = tempDir();
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const other = await DuckDBInstance.create(`${directory}/usage.duckdb`);
  const connection = await other.connect();
  await connection.run('CREATE TABLE theirs (x INTEGER)');
  connection.closeSync();
  other.closeSync();
  const price = () => ({ listMicros: null, cacheSavingsMicros: null });
  await expect(openDuckdb({ directory, price })).rejects.toThrow(ForeignDatabase);
});

it('answers a question asked before with what was written since, whatever it was', async () => {
  const price = () => ({ listMicros: null, cacheSavingsMicros: null });
  const store = await openDuckdb({ directory: tempDir(), price });
  onTestFinished(() => store.close());
  const [org, atMs, actor] = ['acme', Date.UTC(2026, 10, 20, 12), 'email:ada@acme.com'];
  const tables = ['usage_slice', 'usage_event', 'activity', 'first_seen', 'usage_kind', 'directory', 'daily_figure'];
  const counts = async (): Promise<number[]> => {
    const asked = [...tables, 'pull_request'].map((table) => store.query(raw(`SELECT count(*) AS n FROM ${table}`)));
    return (await Promise.all(asked)).map(([row]) => Number(row?.n));
  };
  const call = (n: number, tier: string) =>
    observe({ org, id: eventId(['test', n]), assistant: 'cursor', source: 'telemetry', atMs, actor, tier });
  const write = (n: number, tier: string) => store.write({ events: [call(n, tier)], activities: [] });
  const named = { actor, person: actor, team: null, department: null };
  const figure = { day: utcDay(atMs), assistant: 'cursor', reporter: 'r', actor, name: 'commits', value: 1 } as const;
  const pull = {
    ...{ repository: 'acme/app', number: 1, mergedAtMs: atMs, actor, email: null, isBot: false, additions: 1 },
    ...{ deletions: 0, commits: 1, commitTools: [], otherTools: [], readAtMs: atMs },
  };
  expect(await counts()).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  await write(1, 'pro');
  expect(await counts()).toEqual([1, 1, 0, 1, 1, 0, 0, 0]);
  await write(2, 'pro');
  await write(3, 'business');
  expect(await counts()).toEqual([2, 3, 0, 1, 2, 0, 0, 0]);
  await store.replaceDirectory(org, [{ ...named, fromMs: 0, toMs: atMs }]);
  expect(await counts()).toEqual([2, 3, 0, 1, 2, 1, 0, 0]);
  await store.replaceFigures(org, [figure]);
  await store.writePullRequests(org, [pull]);
  expect(await counts()).toEqual([2, 3, 0, 1, 2, 1, 1, 1]);
  // A kind without events is no harm; reports only look for more than there is.
  await store.forgetBefore?.(utcDay(atMs) + 1);
  expect(await counts()).toEqual([0, 0, 0, 1, 2, 1, 0, 0]);
});
