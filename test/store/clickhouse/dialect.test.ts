import { describe, expect, it } from 'vitest';
import { integer, raw, sql, text } from '../../../src/reports/sql.ts';
import { portable } from '../../../src/store/clickhouse/dialect.ts';
import { bind } from '../../../src/store/clickhouse/query.ts';

describe('report text', () => {
  it.each([
    ['at_ms - lag(at_ms) OVER (ORDER BY at_ms)', 'at_ms - lag(toNullable(at_ms)) OVER (ORDER BY at_ms)'],
    ['sum(x) + max(y)', 'sumOrNull(x) + maxOrNull(y)'],
    ['count(*) AS n', 'toInt64(count(*)) AS n'],
    ['count(*) OVER (PARTITION BY a)', 'count(*) OVER (PARTITION BY a)'],
    ['CASE WHEN a THEN 1 ELSE 0 END', 'CASE WHEN a THEN toInt32(1) ELSE toInt32(0) END'],
    ['CASE WHEN a THEN 3000000000 ELSE 0.5 END', 'CASE WHEN a THEN toInt64(3000000000) ELSE 0.5 END'],
    ['GROUP BY 1, 2 ORDER BY checksum', 'GROUP BY 1, 2 ORDER BY checksum'],
  ])('%s is read as %s', (written, read) => {
    expect(portable(written)).toBe(read);
  });

  const during = (from: number, to: number) => raw(`day >= ${from} AND day <= ${to}`);

  it('looks only at the days that it speaks of, and the one before', () => {
    const bound = bind(sql`
      SELECT a FROM (SELECT * FROM usage_slice WHERE org = ${text('acme')} AND ${during(20, 30)}) AS now
      JOIN (SELECT * FROM usage_slice WHERE org = ${text('acme')} AND ${during(10, 19)}) AS before ON a = b`);
    expect(bound.text).not.toMatch(/FROM usage_slice/);
    expect(bound.text.match(/FROM usage_event WHERE org = \{p0:String\} AND day >= 9 AND day <= 30\)/g)).toHaveLength(
      2,
    );
  });

  it.each([
    ['no days', sql`SELECT * FROM usage_slice WHERE org = ${text('acme')}`],
    ['no organisation', sql`SELECT * FROM usage_slice WHERE ${during(1, 2)}`],
    [
      'two organisations',
      sql`SELECT * FROM usage_slice WHERE org = ${text('acme')} AND ${during(1, 2)}
        UNION ALL SELECT * FROM usage_slice WHERE org = ${text('globex')} AND ${during(1, 2)}`,
    ],
    [
      'a use without days',
      sql`SELECT * FROM usage_slice WHERE org = ${text('a')} AND ${during(1, 2)} UNION ALL SELECT * FROM usage_slice WHERE org = ${text('a')}`,
    ],
    [
      'a join',
      sql`SELECT * FROM x JOIN usage_slice ON 1 = 1 WHERE org = ${text('a')} AND ${during(1, 2)} LIMIT ${integer(1)}`,
    ],
  ])('is left as it is with %s', (_, statement) => {
    expect(bind(statement).text).toContain('usage_slice');
    expect(bind(statement).text).not.toContain('usage_event');
  });
});
