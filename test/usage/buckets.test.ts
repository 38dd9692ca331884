import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTERVALS, bucketsOf } from '../../src/usage/buckets.ts';
import type { Interval } from '../../src/usage/buckets.ts';
import { resolveRange } from '../../src/usage/dates.ts';
import { DAY_MS, dateOf } from '../../src/usage/days.ts';
import { localDay, offsetMs } from '../../src/usage/zone.ts';

const HOUR_MS = 3_600_000;
const cut = (from: string, to: string, tz: string, interval: Interval) =>
  bucketsOf(resolveRange({ from, to, tz }, 0), interval);
const labels = (from: string, to: string, tz: string, interval: Interval): string[] =>
  cut(from, to, tz, interval).map((bucket) => bucket.label);
const minutes = (from: string, to: string, tz: string, interval: Interval): number[] =>
  cut(from, to, tz, interval).map((bucket) => (bucket.endMs - bucket.startMs) / 60_000);

describe('bucketsOf', () => {
  it('gives days of 23 and 25 hours where clocks change', () => {
    expect(minutes('2026-03-28', '2026-03-31', 'Europe/Berlin', 'day')).toEqual([1440, 1380, 1440]);
    expect(minutes('2026-10-24', '2026-10-27', 'Europe/Berlin', 'day')).toEqual([1440, 1500, 1440]);
    expect(labels('2026-03-28', '2026-03-31', 'Europe/Berlin', 'day')).toEqual([
      '2026-03-28',
      '2026-03-29',
      '2026-03-30',
    ]);
  });

  it('names both hours where clocks are put back, and none where they skip', () => {
    expect(labels('2026-10-25T01:00', '2026-10-25T04:00', 'Europe/Berlin', 'hour')).toEqual([
      '2026-10-25T01:00+02:00',
      '2026-10-25T02:00+02:00',
      '2026-10-25T02:00+01:00',
      '2026-10-25T03:00+01:00',
    ]);
    expect(labels('2026-03-29T01:00', '2026-03-29T04:00', 'Europe/Berlin', 'hour')).toEqual([
      '2026-03-29T01:00+01:00',
      '2026-03-29T03:00+02:00',
    ]);
  });

  it('begins hours where the zone does', () => {
    expect(cut('2026-06-01T10:00', '2026-06-01T12:00', 'Asia/Kathmandu', 'hour')).toEqual([
      { startMs: Date.UTC(2026, 5, 1, 4, 15), endMs: Date.UTC(2026, 5, 1, 5, 15), label: '2026-06-01T10:00+05:45' },
      { startMs: Date.UTC(2026, 5, 1, 5, 15), endMs: Date.UTC(2026, 5, 1, 6, 15), label: '2026-06-01T11:00+05:45' },
    ]);
    expect(labels('2026-06-01T23:00', '2026-06-02', 'America/St_Johns', 'hour')).toEqual(['2026-06-01T23:00-02:30']);
    // Lord Howe puts clocks back by half an hour, from 2:00 to 1:30.
    expect(minutes('2026-04-05T01:00', '2026-04-05T03:00', 'Australia/Lord_Howe', 'hour')).toEqual([60, 30, 60]);
  });

  it('cuts an hour in which clocks change', () => {
    // Chatham goes from 2:45 to 3:45.
    expect(labels('2026-09-27T02:00', '2026-09-27T05:00', 'Pacific/Chatham', 'hour')).toEqual([
      '2026-09-27T02:00+12:45',
      '2026-09-27T03:45+13:45',
      '2026-09-27T04:00+13:45',
    ]);
    expect(minutes('2026-09-27T02:00', '2026-09-27T05:00', 'Pacific/Chatham', 'hour')).toEqual([45, 15, 60]);
  });

  it('cuts ISO weeks on Mondays and numbers them across the year', () => {
    expect(labels('2026-12-27', '2027-01-05', 'UTC', 'week')).toEqual(['2026-W52', '2026-W53', '2027-W01']);
    expect(labels('2024-12-29', '2025-01-07', 'Asia/Tokyo', 'week')).toEqual(['2024-W52', '2025-W01', '2025-W02']);
    expect(minutes('2026-12-27', '2027-01-05', 'UTC', 'week')).toEqual([1440, 7 * 1440, 1440]);
  });

  it('cuts months', () => {
    expect(labels('2026-01-31', '2026-04-01', 'America/New_York', 'month')).toEqual(['2026-01', '2026-02', '2026-03']);
    expect(minutes('2026-01-31', '2026-04-01', 'America/New_York', 'month')).toEqual([1440, 28 * 1440, 31 * 1440 - 60]);
  });

  it('leaves out a day that a zone never had', () => {
    expect(labels('2011-12-29', '2012-01-01', 'Pacific/Apia', 'day')).toEqual(['2011-12-29', '2011-12-31']);
  });

  it('refuses a range that is too long for its interval', () => {
    expect(() => cut('1990-01-01', '2026-01-01', 'UTC', 'hour')).toThrow('interval: hour is too fine');
    expect(cut('1990-01-01', '2026-01-01', 'UTC', 'day')).toHaveLength(13_149);
  });

  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const moments = fc.integer({ min: Date.UTC(2012, 0), max: Date.UTC(2037, 0) });
  const longest: Record<Interval, number> = {
    hour: 20 * DAY_MS,
    day: 60 * DAY_MS,
    week: 200 * DAY_MS,
    month: 800 * DAY_MS,
  };

  it('tiles the range: every moment lies in one bucket, under its own label', () => {
    fc.assert(
      fc.property(
        zones,
        moments,
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.constantFrom(...INTERVALS),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (tz, fromMs, part, interval, where) => {
          const toMs = fromMs + Math.ceil(longest[interval] * part);
          const buckets = bucketsOf({ fromMs, toMs, tz }, interval);
          expect(buckets[0]?.startMs).toBe(fromMs);
          expect(buckets.at(-1)?.endMs).toBe(toMs);
          for (const [i, bucket] of buckets.entries()) {
            expect(bucket.endMs).toBeGreaterThan(bucket.startMs);
            if (i > 0) expect(bucket.startMs).toBe(buckets[i - 1]?.endMs);
          }
          expect(new Set(buckets.map(({ label }) => label)).size).toBe(buckets.length);
          const ms = Math.floor(fromMs + (toMs - fromMs) * where);
          const [bucket, ...more] = buckets.filter(({ startMs, endMs }) => startMs <= ms && ms < endMs);
          expect(more).toEqual([]);
          const date = dateOf(localDay(ms, tz));
          const offset = offsetMs(ms, tz);
          if (interval === 'day') expect(bucket?.label).toBe(date);
          if (interval === 'month') expect(bucket?.label).toBe(date.slice(0, 7));
          if (interval === 'week')
            expect((bucket?.endMs ?? 0) - (bucket?.startMs ?? 0)).toBeLessThanOrEqual(7 * DAY_MS + 2 * HOUR_MS);
          if (interval === 'hour')
            expect(bucket?.label.slice(0, 13)).toBe(new Date(ms + offset).toISOString().slice(0, 13));
        },
      ),
      { numRuns: 400 },
    );
  });
});
