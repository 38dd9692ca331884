import { describe, expect, it } from 'vitest';
import { addDays, dateIn, instant, isDay, moment, weekText } from '../../../src/dashboard/format/calendar.ts';

describe('days', () => {
  it('are those of the calendar', () => {
    expect(['2026-02-28', '2028-02-29'].every(isDay)).toBe(true);
    const none = ['2026-13-45', '2026-02-30', '2026-00-01', '2026-9-1', 'yesterday', '', '2026-01-01T00:00:00Z'];
    expect(none.filter(isDay)).toEqual([]);
  });

  it('are those of the zone, and of UTC where there is no such zone', () => {
    const evening = Date.parse('2026-11-16T18:00:00Z');
    expect([dateIn('Pacific/Auckland', evening), dateIn('Mars/Olympus', evening)]).toEqual([
      '2026-11-17',
      '2026-11-16',
    ]);
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
  });

  it('stand in their ISO week', () => {
    expect(weekText('2026-W01')).toBe('Week of 29 Dec 2025');
  });
});

describe('moments', () => {
  it('of calls have seconds', () => {
    const iso = '2026-03-29T12:05:09Z';
    expect([moment(iso, 'Europe/Berlin'), instant(iso, 'UTC')]).toEqual([
      '29 Mar 2026, 14:05',
      '29 Mar 2026, 12:05:09',
    ]);
  });
});
