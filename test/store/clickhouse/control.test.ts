import { expect, it } from 'vitest';
import type { Connection } from '../../../src/store/clickhouse/connection.ts';
import { ControlEntries, readControl } from '../../../src/store/clickhouse/control.ts';

const record = (n: number) => ({
  ...{ kind: 'key', entityId: `k${n}`, version: 1, org: 'acme', atMs: n, author: 'server', data: { n } },
});

it('asks only for what has come since, also when two ask at the same time', async () => {
  const log: [string, string][] = [];
  const answered: number[] = [];
  const connection = {
    rows: async (query: string) => {
      const after = Number(/slot > (\d+)/.exec(query)?.[1]);
      const rows = log.filter(([slot]) => Number(slot) > after);
      answered.push(rows.length);
      return rows;
    },
  } as unknown as Connection;
  const append = (n: number) => log.push([String(n), JSON.stringify({ token: `t${n}`, records: [record(n)] })]);
  const entries = new ControlEntries(connection);
  expect(await readControl(entries)).toEqual([]);
  append(1);
  append(2);
  const both = await Promise.all([readControl(entries), readControl(entries)]);
  expect(both).toEqual([
    [record(1), record(2)],
    [record(1), record(2)],
  ]);
  append(3);
  expect(await readControl(entries)).toEqual([1, 2, 3].map(record));
  expect(answered).toEqual([0, 2, 2, 1]);
});
