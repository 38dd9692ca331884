import { describe, expect, it } from 'vitest';
import { CsvTableError, readTable } from '../../../src/server/roster/csv-table.ts';

const COLUMNS = { required: ['email'], optional: ['name', 'team'] };
const read = (text: string) => readTable(text, COLUMNS);
const cells = (text: string) => read(text).rows.map(({ cells: { email, name, team } }) => [email, name, team]);

describe('a table', () => {
  it.each([
    ['commas', 'email,name\na@x.co,Ada'],
    ['semicolons', 'email;name\na@x.co;Ada'],
    ['tabs', 'email\tname\na@x.co\tAda'],
    ['a byte order mark', '\ufeffemail,name\na@x.co,Ada'],
    ['lines of Windows', 'email,name\r\na@x.co,Ada\r\n'],
    ['another order and other letters', 'Name,EMAIL\nAda,a@x.co'],
    ['empty lines', 'email,name\n\na@x.co,Ada\n,\n\n'],
    ['cells left away at the end', 'email,name,team\na@x.co,Ada'],
    [
      'cells made safe for spreadsheets',
      'email,name\na@x.co,Ada\n"\'=x@x.co",\'-Bob'.split('\n').slice(0, 2).join('\n'),
    ],
  ])('is read with %s', (_, text) => {
    expect(cells(text)).toEqual([['a@x.co', 'Ada', '']]);
  });

  it('says which line is what, over cells of several lines', () => {
    const { rows } = read('email,name\na@x.co,"Ada\nLovelace"\nb@x.co,Bob');
    expect(rows.map(({ line, cells: { email } }) => [line, email])).toEqual([
      [3, 'a@x.co'],
      [4, 'b@x.co'],
    ]);
  });

  it('lists the rows that cannot be read, and keeps the others', () => {
    const { rows, rejected } = read('email,name\na@x.co,"Ada" L\nb@x.co,Bob\nc@x.co,Cid,web,more\nd@x.co,Dan');
    expect(rows.map(({ cells: { email } }) => email)).toEqual(['a@x.co', 'b@x.co', 'd@x.co']);
    expect(rejected.map(({ line }) => line)).toEqual([4]);
    expect(rows[0]?.cells.name).toBe('"Ada" L');
    const open = read('email,name\na@x.co,Ada\nb@x.co,"Bob\nc@x.co,Cid');
    expect(open.rows.map(({ cells: { email } }) => email)).toEqual(['a@x.co']);
    expect(open.rejected).toHaveLength(1);
  });

  it('names the columns that nobody reads', () => {
    expect(read('email,Shoe size,hat\na@x.co,1,2').ignoredColumns).toEqual(['shoe_size', 'hat']);
  });

  it.each(['', '\n', 'name\nAda', '"email\na@x.co'])('is none in %j', (text) => {
    expect(() => read(text)).toThrow(CsvTableError);
  });
});
