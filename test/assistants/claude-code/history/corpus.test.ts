import { describe, expect, it } from 'vitest';
import { makeCorpus } from '../../../support/corpus.ts';
import { plainHistory, totals } from '../../../support/session-history.ts';
import { tempDir } from '../../../support/temp-dir.ts';

describe('a corpus whose totals are known', () => {
  it.each([1, 2, 3])('is counted exactly, seed %i', (seed) => {
    const corpus = makeCorpus(tempDir(), '10M', seed);
    const { records, skipped, lines } = plainHistory(corpus.projects);
    const { truth } = corpus;
    expect(totals(records)).toEqual({
      records: truth.records,
      input: truth.input,
      output: truth.output,
      cacheCreate: truth.cacheCreate,
      cacheCreate1h: truth.cacheCreate1h,
      cacheRead: truth.cacheRead,
    });
    // Forks copy made-up lines too, so that there are more of them than were made.
    expect(lines + (skipped.synthetic ?? 0)).toBe(truth.usageLines);
    expect(skipped.unfinished ?? 0).toBe(truth.malformed);
    const days: Record<string, number> = {};
    for (const { atMs } of records) {
      const day = new Date(atMs).toISOString().slice(0, 10);
      days[day] = (days[day] ?? 0) + 1;
    }
    expect(days).toEqual(Object.fromEntries(Object.entries(truth.byDay).map(([day, { records: n }]) => [day, n])));
  });
});
