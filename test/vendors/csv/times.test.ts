import { describe, expect, it } from 'vitest';
import { readTime } from '../../../src/vendors/csv/times.ts';

const iso = (text: string): string => {
  const time = readTime(text);
  return typeof time === 'string' ? time : `${new Date(time.atMs).toISOString()} ${time.to}`;
};

describe('a time', () => {
  it.each([
    ['2026-11-19T13:43:32.345Z', '2026-11-19T13:43:32.345Z millisecond'],
    ['2026-11-19T13:43:32Z', '2026-11-19T13:43:32.000Z second'],
    ['2026-11-19 13:43:32', '2026-11-19T13:43:32.000Z second'],
    ['2026-11-19T13:43:32.345+02:00', '2026-11-19T11:43:32.345Z millisecond'],
    ['2026-11-19T23:30:00-0130', '2026-11-20T01:00:00.000Z second'],
    ['2026-11-19', '2026-11-19T00:00:00.000Z day'],
    ['2026/9/1', '2026-09-01T00:00:00.000Z day'],
    ['1795095812345', '2026-11-19T13:43:32.345Z millisecond'],
    ['1795095812', '2026-11-19T13:43:32.000Z second'],
    ['11/19/2026', '2026-11-19T00:00:00.000Z day'],
    ['19/11/2026 1:43 PM', '2026-11-19T13:43:00.000Z second'],
    ['19.11.2026 13:43', '2026-11-19T13:43:00.000Z second'],
    ['3.4.2026', '2026-04-03T00:00:00.000Z day'],
    ['4/4/2026', '2026-04-04T00:00:00.000Z day'],
    ['Nov 19, 2026, 01:43 PM', '2026-11-19T13:43:00.000Z second'],
    ['Nov 19, 2026, 12:05 AM', '2026-11-19T00:05:00.000Z second'],
    ['19 November 2026', '2026-11-19T00:00:00.000Z day'],
  ])('written %s is %s', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  it.each([
    ['3/4/2026', /day from the month/],
    ['2026-02-30', /no calendar/],
    ['31.11.2026', /no calendar/],
    ['2026-11-19 24:00:00', /no clock/],
    ['2026-11-19 13:00 PM', /no clock/],
    ['yesterday', /no date/],
    ['', /no date/],
    ['1', /no date/],
    ['1826-11-19', /century/],
    ['Foo 19, 2026', /no calendar/],
  ])('written %s is none, and it says why', (text, why) => {
    expect(iso(text)).toMatch(why);
  });
});
