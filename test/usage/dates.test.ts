import { describe, expect, it } from 'vitest';
import { DateError } from '../../src/usage/date-error.ts';
import { parseSince, previous, resolveRange } from '../../src/usage/dates.ts';
import { parseDate, quarterHour, utcDay } from '../../src/usage/days.ts';

const at = (text: string): number => Date.parse(text);
const NOW = at('2026-11-20T22:45:10.123Z');

describe('parseSince', () => {
  it.each([
    ['7d', '2026-11-13T22:45:10.123Z'],
    ['2w', '2026-11-06T22:45:10.123Z'],
    ['2W', '2026-11-06T22:45:10.123Z'],
    ['1m', '2026-10-20T22:45:10.123Z'],
    ['11m', '2025-12-20T22:45:10.123Z'],
    ['1y', '2025-11-20T22:45:10.123Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T10:30', '2026-11-01T10:30:00.000Z'],
    ['2026-11-01 10:30:05', '2026-11-01T10:30:05.000Z'],
    ['2026-11-01T10:30:05.1Z', '2026-11-01T10:30:05.100Z'],
    ['2026-11-01T10:30:05.123456789z', '2026-11-01T10:30:05.123Z'],
    ['2026-11-01T10:30:05+05:45', '2026-11-01T04:45:05.000Z'],
    ['2026-11-01T10:30:05-0330', '2026-11-01T14:00:05.000Z'],
    [' 2024-02-29 ', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(new Date(parseSince(text, NOW)).toISOString()).toBe(instant);
  });

  it('keeps to the last day of a shorter month', () => {
    const since = (text: string, now: string): string => new Date(parseSince(text, at(now))).toISOString();
    expect(since('1m', '2026-03-31T12:00:00Z')).toBe('2026-02-28T12:00:00.000Z');
    expect(since('1m', '2024-03-31T12:00:00Z')).toBe('2024-02-29T12:00:00.000Z');
    expect(since('1y', '2024-02-29T12:00:00Z')).toBe('2023-02-28T12:00:00.000Z');
    expect(since('13m', '2026-01-31T00:00:00Z')).toBe('2024-12-31T00:00:00.000Z');
  });

  it('reads a date without a time in the zone it is told', () => {
    expect(parseSince('2026-11-01', NOW, 'Asia/Kathmandu')).toBe(at('2026-10-31T18:15:00Z'));
    expect(parseSince('2026-11-01T10:00', NOW, 'America/New_York')).toBe(at('2026-11-01T15:00:00Z'));
  });

  it.each([
    '',
    'd',
    '7',
    '7x',
    '-7d',
    '7.5d',
    '7 d',
    'yesterday',
    '2026-02-29',
    '2026-13-01',
    '2026-1-1',
    '20261101',
    '2026-11-01T24:00',
    '2026-11-01T10:60',
    '2026-11-01T10',
    '2026-11-01T10:00+25:00',
    '2026-11-01T10:00:00+',
    '2026-11-21',
    '2027-01-01T00:00Z',
    '999999d',
    '99999y',
    '60y',
    '1969-12-31',
    '0000-01-01',
    '\u0000',
    'é'.repeat(10_000),
  ])('refuses %s', (text) => {
    const error = caught(() => parseSince(text, NOW));
    expect(error).toMatchObject({ name: 'DateError', parameter: 'since' });
    expect(error.message).toMatch(
      /^since: ".*" (is no date; write 7d, 2w, 1m, 1y, 2026-03-29|lies in the future|lies outside 1970-01-01 to 2199-12-31)/,
    );
    expect(error.message.length).toBeLessThan(150);
  });
});

describe('resolveRange', () => {
  const range = (query: Parameters<typeof resolveRange>[0]): string[] => {
    const { fromMs, toMs, tz } = resolveRange(query, NOW);
    return [new Date(fromMs).toISOString(), new Date(toMs).toISOString(), tz];
  };

  it('is the last 30 days up to now unless asked otherwise', () => {
    expect(range({})).toEqual(['2026-10-21T22:45:10.123Z', '2026-11-20T22:45:10.123Z', 'UTC']);
    expect(range({ from: '2026-11-01' })).toEqual(['2026-11-01T00:00:00.000Z', '2026-11-20T22:45:10.123Z', 'UTC']);
    expect(range({ to: '2026-11-01' })).toEqual(['2026-10-02T00:00:00.000Z', '2026-11-01T00:00:00.000Z', 'UTC']);
  });

  it('takes dates as calendar days of the zone, the last one exclusive', () => {
    // 29 March has 23 hours in Berlin.
    expect(range({ from: '2026-03-29', to: '2026-03-30', tz: 'Europe/Berlin' })).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
      'Europe/Berlin',
    ]);
    expect(range({ from: '2026-03-29T10:00', to: '2026-03-29T10:00Z', tz: 'Europe/Berlin' })).toEqual([
      '2026-03-29T08:00:00.000Z',
      '2026-03-29T10:00:00.000Z',
      'Europe/Berlin',
    ]);
  });

  it.each([
    [{ from: 'x' }, 'from', '"x" is no date; write 2026-03-29 or 2026-03-29T10:00:00Z'],
    [{ from: '' }, 'from', '"" is no date'],
    [{ to: '2026-02-30' }, 'to', '"2026-02-30" is no date'],
    [{ to: '2200-01-01' }, 'to', 'lies outside'],
    [{ tz: 'Mars/Olympus' }, 'tz', '"Mars/Olympus" is no time zone'],
    [{ tz: '' }, 'tz', '"" is no time zone'],
    [{ from: '2026-12-01' }, 'from', '"2026-12-01" lies in the future'],
    [{ from: '2026-11-02', to: '2026-11-01' }, 'to', 'must be later than from'],
    [{ from: '2026-11-02', to: '2026-11-02' }, 'to', 'first day or moment not counted'],
  ])('refuses %j, naming %s', (query, parameter, message) => {
    const error = caught(() => resolveRange(query, NOW));
    expect(error.parameter).toBe(parameter);
    expect(error.message).toContain(message);
  });

  it('has a period before it, of its length, ending where it starts', () => {
    const march = resolveRange({ from: '2026-03-01', to: '2026-04-01', tz: 'Europe/Berlin' }, NOW);
    const before = previous(march);
    expect(before).toEqual({ fromMs: march.fromMs * 2 - march.toMs, toMs: march.fromMs, tz: 'Europe/Berlin' });
    expect(before.toMs - before.fromMs).toBe(march.toMs - march.fromMs);
  });
});

describe('days and quarter-hours', () => {
  it('count from 1970, also backwards', () => {
    expect(utcDay(0)).toBe(0);
    expect(utcDay(-1)).toBe(-1);
    expect(utcDay(at('2026-11-20T23:59:59.999Z'))).toBe(20_777);
    expect(quarterHour(at('2026-11-20T00:14:59.999Z'))).toBe(20_777 * 96);
    expect(quarterHour(at('2026-11-20T00:15:00Z'))).toBe(20_777 * 96 + 1);
    expect(quarterHour(-1)).toBe(-1);
  });

  it('know which days there are', () => {
    expect(parseDate('2026-11-20')).toBe(20_777);
    expect(parseDate('2024-02-29')).toBe(19_782);
    for (const text of ['2023-02-29', '2026-11-31', '2026-00-10', '2026-11-2', '+02026-11-20'])
      expect(parseDate(text)).toBeNull();
  });
});

function caught(run: () => unknown): DateError {
  try {
    run();
  } catch (error) {
    if (error instanceof DateError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
