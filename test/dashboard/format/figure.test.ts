import { describe, expect, it } from 'vitest';
import { axisText, cellLine, figureLine, pointText, wholeShare } from '../../../src/dashboard/format/figure.ts';

describe('figures for people', () => {
  it('of one column have as many decimals', () => {
    expect([300_000, 246_000, 61_000].map((ms) => figureLine(ms, 'duration'))).toEqual([
      '5.0 min',
      '4.1 min',
      '1.0 min',
    ]);
    expect([19, 16.2].map((value) => figureLine(value, 'ratio'))).toEqual(['19.0', '16.2']);
    expect([1_200_000_000, 1_234_500_000].map((micros) => cellLine(micros, 'money'))).toEqual([
      '$1,200.00',
      '$1,234.50',
    ]);
  });

  it('are of the next unit where they round to it', () => {
    expect([9_999, 10_000, 999_499, 999_500, 999_999_999].map((value) => figureLine(value, 'tokens'))).toEqual([
      ...['9,999', '10.0K', '999K', '1.0M', '1.0B'],
    ]);
  });

  it('beside a mark are as exact as money is', () => {
    expect(pointText(12_345_678, 'money')).toBe('$12.35');
    expect(pointText(1_234_567_890, 'money')).toBe('$1,234.57');
    expect(pointText(12_345_678, 'tokens')).toBe('12,345,678');
  });

  it('are rounded where a cell is narrow', () => {
    expect([2 / 3, 0.005, 1, null].map(wholeShare)).toEqual(['67 %', '1 %', '100 %', '–']);
  });

  it('on an axis are round', () => {
    expect([600_000, 25_000_000].map((value, i) => axisText(value, i === 0 ? 'duration' : 'money'))).toEqual([
      ...['10 min', '$25'],
    ]);
  });
});
