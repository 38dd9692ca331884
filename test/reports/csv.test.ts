import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine, csvLines, plainCell } from '../../src/reports/csv.ts';

describe('CSV', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+49 30', "'+49 30"],
    ['-2', "'-2"],
    ['@ada', "'@ada"],
    ['\tx', "'\tx"],
  ])('makes %j safe for a spreadsheet', (text, safe) => {
    expect(csvLine([text])).toBe(`${safe}\r\n`);
  });

  it('leaves numbers as they are, and unknown values empty', () => {
    expect(csvLine([-2, 0, null, undefined, true, 'x'])).toBe('-2,0,,,true,x\r\n');
  });

  it('quotes what would break a line or a cell', () => {
    expect(csvLine(['a,b', 'say "hi"', 'two\nlines', ' padded '])).toBe(
      '"a,b","say ""hi""","two\nlines"," padded "\r\n',
    );
  });

  it('is read back as it was, whatever the cells hold', () => {
    const cell = fc.string({ unit: 'grapheme' }).filter((text) => !text.startsWith("'"));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1 }), (rows) => {
        const text = [...csvLines(['a', 'b', 'c'], rows)].join('');
        const [, ...back] = parse(text, { record_delimiter: '\r\n' });
        expect(back.map((row) => row.map(plainCell))).toEqual(rows);
        expect(back.flat().some((one) => /^[=+\-@\t\r]/.test(one))).toBe(false);
      }),
    );
  });
});
