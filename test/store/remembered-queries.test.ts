import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ReportRow, Sql } from '../../src/reports/sql.ts';
import { integer, raw, sql } from '../../src/reports/sql.ts';
import type { Source } from '../../src/store/remembered-queries.ts';
import { RememberedQueries } from '../../src/store/remembered-queries.ts';

const TABLES: [Source, string][] = [
  ['usage', 'usage_slice'],
  ['usage', 'activity'],
  ['kinds', 'usage_kind'],
  ['directory', 'directory'],
  ['figures', 'daily_figure'],
  ['pullRequests', 'pull_request'],
];

const countOf = (table: string, more = 0): Sql => sql`SELECT 1 FROM ${raw(table)} WHERE n > ${integer(more)}`;

it('answers as if it remembered nothing, whatever is written and asked in whatever order', async () => {
  const table = fc.constantFrom(...TABLES);
  const step = fc.record({ table, write: fc.boolean(), value: fc.integer({ min: 0, max: 1 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 30 }), async (steps, limit) => {
      const written = new Map<string, number>();
      const answer = (asked: Sql): ReportRow[] => {
        const [, source = ''] = TABLES.find(([, name]) => asked.parts.join('').includes(name)) ?? [];
        return [{ n: written.get(source) ?? 0, params: JSON.stringify(asked.params) }];
      };
      const queries = new RememberedQueries((asked) => Promise.resolve(answer(asked)), limit);
      for (const { table: known, write, value } of steps) {
        const [source, name] = known;
        if (write) {
          written.set(name, (written.get(name) ?? 0) + 1);
          queries.changed(source);
        } else expect(await queries.query(countOf(name, value))).toEqual(answer(countOf(name, value)));
      }
    }),
  );
});

function counting(answer: () => Promise<ReportRow[]> = () => Promise.resolve([{ n: 1 }, { n: 2 }])) {
  const asked: string[] = [];
  const run = (one: Sql): Promise<ReportRow[]> => {
    asked.push(one.parts.join('?'));
    return answer();
  };
  return { asked, run };
}

it.each<[string, Source, number]>([
  ['what it was made from', 'usage', 2],
  ['something else', 'directory', 1],
])('asks the database again after a write to %s', async (_, source, times) => {
  const { asked, run } = counting();
  const queries = new RememberedQueries(run);
  await queries.query(countOf('usage_slice'));
  queries.changed(source);
  await queries.query(countOf('usage_slice'));
  expect(asked).toHaveLength(times);
});

it('asks once for all who come while it is asking', async () => {
  const { asked, run } = counting();
  const queries = new RememberedQueries(run);
  await Promise.all([1, 2, 3].map(() => queries.query(countOf('usage_slice'))));
  expect(asked).toHaveLength(1);
});

it('does not let one caller’s order be another’s', async () => {
  const queries = new RememberedQueries(counting().run);
  (await queries.query(countOf('usage_slice'))).reverse();
  expect(await queries.query(countOf('usage_slice'))).toEqual([{ n: 1 }, { n: 2 }]);
});

it('does not remember that the database could not answer', async () => {
  let fails = true;
  const { asked, run } = counting(() => (fails ? Promise.reject(new Error('busy')) : Promise.resolve([])));
  const queries = new RememberedQueries(run);
  await expect(queries.query(countOf('usage_slice'))).rejects.toThrow('busy');
  fails = false;
  expect(await queries.query(countOf('usage_slice'))).toEqual([]);
  expect(asked).toHaveLength(2);
});

it('forgets what was asked longest ago, and keeps nothing that is too large', async () => {
  const { asked, run } = counting(() => Promise.resolve(Array.from({ length: 50 }, (_, n) => ({ n }))));
  const queries = new RememberedQueries(run, 120);
  for (const n of [1, 2, 1, 3, 1, 2]) await queries.query(countOf('usage_slice', n));
  // 3 made room by forgetting 2.
  expect(asked).toHaveLength(4);
  const small = new RememberedQueries(run, 40);
  for (let i = 0; i < 2; i++) await small.query(countOf('usage_slice'));
  expect(asked).toHaveLength(6);
});

it('remembers nothing of tables that it does not know', async () => {
  const { asked, run } = counting();
  const queries = new RememberedQueries(run);
  for (let i = 0; i < 2; i++) await queries.query(sql`SELECT 1 FROM control`);
  expect(asked).toHaveLength(2);
});
