import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import type { Column, Kind } from '../../../src/store/columns.ts';
import { appendRows } from '../../../src/store/duckdb/table.ts';
import type { RowValue } from '../../../src/store/rows.ts';

const KINDS: Record<Kind, [sql: string, values: fc.Arbitrary<RowValue>]> = {
  text: [
    'VARCHAR',
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 14 }),
      fc.constantFrom(
        '',
        'twelve bytes',
        'thirteen byte',
        'exactly12byté',
        'a text that is long enough for a pointer',
        'é',
      ),
    ),
  ],
  integer: ['BIGINT', fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 }))],
  hash: ['UBIGINT', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
  hashes: ['UBIGINT[]', fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 3 })],
  bytes: ['BLOB', fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))],
  flag: ['BOOLEAN', fc.boolean()],
};
const NAMES = Object.keys(KINDS) as Kind[];

it('reads back what was appended, in every kind of column, nulls among it, over several chunks', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  onTestFinished(() => {
    connection.closeSync();
    instance.closeSync();
  });
  const columns: Column[] = NAMES.map((kind) => ({ name: `a_${kind}`, kind, nullable: true }));
  const types = NAMES.map((kind) => `a_${kind} ${KINDS[kind][0]}`);
  await connection.run(`CREATE TABLE t (n BIGINT, ${types.join(', ')})`);
  const readers = [
    { column: { name: 'n', kind: 'integer' as const }, read: (row: readonly RowValue[]) => row[0] ?? null },
    ...columns.map((column, i) => ({ column, read: (row: readonly RowValue[]) => row[i + 1] ?? null })),
  ];
  const row = fc.tuple(...NAMES.map((kind) => fc.option(KINDS[kind][1], { freq: 4 })));
  const rows = fc.tuple(fc.array(row, { minLength: 1, maxLength: 60 }), fc.constantFrom(1, 1, 1, 70));
  await fc.assert(
    fc.asyncProperty(rows, async ([some, times]) => {
      const all = Array.from({ length: times }, () => some).flat();
      await connection.run('DELETE FROM t');
      await appendRows(
        connection,
        't',
        readers,
        all.map((values, n): RowValue[] => [n, ...values]),
      );
      const read = await connection.runAndReadAll(
        `SELECT ${NAMES.map((kind) => (kind === 'bytes' ? 'lower(hex(a_bytes))' : `a_${kind}`)).join(', ')} FROM t ORDER BY n`,
      );
      const expected = all.map((values) => values.map((value) => (typeof value === 'number' ? BigInt(value) : value)));
      expect(read.getRowsJS()).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});
