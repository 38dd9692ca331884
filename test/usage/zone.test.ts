import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, dateOf, quarterHour, utcDay } from '../../src/usage/days.ts';
import { checkZone, dayStartMs, instantOf, localDay, offsetMs } from '../../src/usage/zone.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const ZONES = Intl.supportedValuesOf('timeZone');

describe('dayStartMs', () => {
  it.each([
    ['UTC', '2026-03-29', '2026-03-29T00:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['Europe/Berlin', '2026-10-26', '2026-10-25T23:00:00.000Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    ['America/New_York', '2026-11-02', '2026-11-02T05:00:00.000Z'],
    ['Asia/Kolkata', '2026-06-01', '2026-05-31T18:30:00.000Z'],
    ['Asia/Kathmandu', '2026-06-01', '2026-05-31T18:15:00.000Z'],
    ['Pacific/Chatham', '2026-06-01', '2026-05-31T11:15:00.000Z'],
    ['Pacific/Kiritimati', '2026-06-01', '2026-05-31T10:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-06-01', '2026-06-01T11:00:00.000Z'],
    // Clocks went from 0:00 to 1:00: the day began at one.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    // Clocks went back from 0:00 to 23:00 of the day before.
    ['America/Sao_Paulo', '2018-02-18', '2018-02-18T03:00:00.000Z'],
    // Clocks go back from 1:00 to 0:00: of two midnights, the first.
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    // The day before never was.
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z'],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
  ])('in %s, %s begins at %s', (tz, date, instant) => {
    expect(iso(dayStartMs(date, tz))).toBe(instant);
  });

  it('refuses what is no day or no zone', () => {
    expect(() => dayStartMs('2026-02-29', 'UTC')).toThrow('date: "2026-02-29" is no day');
    expect(() => dayStartMs('2026-03-29', 'Berlin')).toThrow('tz: "Berlin" is no time zone');
  });

  it('is the first moment of its day in every zone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 730, max: 25_000 }), (tz, day) => {
        const start = dayStartMs(day, tz);
        expect(localDay(start - 1, tz)).toBeLessThan(day);
        const skipped = dayStartMs(day + 1, tz) === start;
        expect(localDay(start, tz)).toBe(skipped ? day + 1 : day);
      }),
      { numRuns: 2_000 },
    );
  });

  it('falls on a quarter-hour in every zone', () => {
    for (const tz of ZONES) {
      for (let day = utcDay(Date.UTC(1995, 0, 1)); day < utcDay(Date.UTC(2036, 0, 1)); day += 91) {
        const start = dayStartMs(day, tz);
        expect(start, `${tz} ${dateOf(day)}`).toBe(quarterHour(start) * 900_000);
      }
    }
  });
});

describe('instantOf', () => {
  it('undoes the offset, wherever the wall time exists', () => {
    const moment = fc.integer({ min: Date.UTC(1973, 0), max: Date.UTC(2037, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), moment, (tz, ms) => {
        const wall = ms + offsetMs(ms, tz);
        const back = instantOf(wall, tz);
        expect(back + offsetMs(back, tz)).toBe(wall);
        // Where clocks were put back, the first of the two.
        expect(back).toBeLessThanOrEqual(ms);
        expect(ms - back).toBeLessThanOrEqual(DAY_MS);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes a skipped time for the moment of the change', () => {
    expect(iso(instantOf(Date.UTC(2026, 2, 29, 2, 30), 'Europe/Berlin'))).toBe('2026-03-29T01:00:00.000Z');
  });
});

it('takes zone names in any case, and many wrong ones in a row', () => {
  expect(offsetMs(Date.UTC(2026, 6), 'europe/BERLIN')).toBe(7_200_000);
  for (let i = 0; i < 1_000; i += 1) expect(() => checkZone(`No/Where${i}`)).toThrow('tz: ');
});
