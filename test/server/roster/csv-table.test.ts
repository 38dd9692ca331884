import { describe, expect, it } from 'vitest';
import { csvText } from '../../../src/server/roster/csv-text.ts';
import { CsvTableError, readTable } from '../../../src/server/roster/csv-table.ts';

const COLUMNS = { required: ['email'], optional: ['name', 'team'] };
const read = (text: string) => readTable(text, COLUMNS);
const cells = (text: string) => read(text).rows.map(({ cells: { email, name, team } }) => [email, name, team]);

describe('the text of a file', () => {
  it.each([
    ['UTF-8', Buffer.from('email\nä@x.co')],
    ['UTF-8 with a mark', Buffer.from('\ufeffemail\nä@x.co')],
    ['UTF-16', Buffer.from('\ufeffemail\nä@x.co', 'utf16le')],
    ['UTF-16 of the other order', Buffer.from('\ufeffemail\nä@x.co', 'utf16le').swap16()],
    ['Windows’ own', Buffer.from('email\nä@x.co', 'latin1')],
  ])('is read from %s', (_, bytes) => {
    expect(cells(csvText(bytes))).toEqual([['ä@x.co', '', '']]);
  });

  it('is none of a workbook', () => {
    expect(() => csvText(Buffer.from('PK\u0003\u0004…'))).toThrow(/workbook, no CSV file: save it as CSV/);
  });
});

describe('a table', () => {
  it('says what it found in the place of what is missing', () => {
    expect(() => read('login;team\nada;web')).toThrow('email is missing, it has "login", "team"');
    expect(() => read('\n\n')).toThrow('there is no line in the file that can be read');
  });

  it('keeps the numbers of lines below a line about the delimiter', () => {
    expect(read('sep=;\nemail;name\na@x.co;Ada;more').rejected).toEqual([
      { line: 3, problem: 'has 3 cells, the header names 2' },
    ]);
  });

  it.each([
    ['commas', 'email,name\na@x.co,Ada'],
    ['semicolons', 'email;name\na@x.co;Ada'],
    ['tabs', 'email\tname\na@x.co\tAda'],
    ['a byte order mark', '\ufeffemail,name\na@x.co,Ada'],
    ['lines of Windows', 'email,name\r\na@x.co,Ada\r\n'],
    ['what Excel says of its delimiter', 'sep=;\nemail;name\na@x.co;Ada'],
    ['other names of its columns', 'E-Mail,Display name\na@x.co,Ada'],
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
