import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editEnvFile, quotePosix, readEnvFile, readWord } from '../../src/setup/env-file.ts';

const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
const value = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !/[\n\r]/.test(text));
const record = fc.dictionary(name, value, { maxKeys: 6 });

describe('an env file', () => {
  it('gives back what was written into it', () => {
    fc.assert(
      fc.property(record, (values) => {
        expect(readEnvFile(editEnvFile(null, 'header', values, []))).toEqual(values);
      }),
    );
  });

  it('takes nothing but a line feed for the end of a line', () => {
    const values = { A: '\u2028', B: 'a\u2029b', C: '\u0085 \v\f' };
    expect(readEnvFile(editEnvFile(null, 'header', values, []))).toEqual(values);
  });

  it('is not changed by writing the same again', () => {
    fc.assert(
      fc.property(record, record, (values, more) => {
        const once = editEnvFile(editEnvFile(null, 'header', values, []), 'other', more, []);
        expect(editEnvFile(once, 'third', more, [])).toBe(once);
        expect(readEnvFile(once)).toEqual({ ...values, ...more });
      }),
    );
  });

  it.each([
    ["'single'", 'single'],
    ['"a \\" \\\\ \\$ \\` \\n"', 'a " \\ $ ` \\n'],
    ["'it'\\''s'", "it's"],
    ['a\\ b', 'a b'],
    ['', ''],
    ["''", ''],
    ['plain # comment', 'plain'],
    ['a#b', 'a#b'],
    // Line ends to JavaScript, and to no shell.
    ["'\u2028'", '\u2028'],
    ['\\\u2029', '\u2029'],
    ["'a' # why\u2028not", 'a'],
    // Only a shell can tell these, or nobody.
    ['$HOME/x', null],
    ['"$x"', null],
    ['`id`', null],
    ['~/x', null],
    ['a b', null],
    ["'open", null],
    ['{a,b}', null],
    ['a;b', null],
  ])('reads %j as %j', (text, expected) => {
    expect(readWord(text)).toBe(expected);
  });

  it.each([
    ['a-b_c.d/e:f@g,h=i%20', 'a-b_c.d/e:f@g,h=i%20'],
    ['=x', "'=x'"],
    ['~', "'~'"],
    ["it's", `'it'\\''s'`],
    ['', "''"],
  ])('writes %j as %s', (text, expected) => {
    expect(quotePosix(text)).toBe(expected);
  });

  it('keeps what a person has put in, where it stands', () => {
    const text = '# mine\nexport MINE="$HOME/x"\nexport A="old" # why\nB=2\nexport C=3\nexport A=older\n\n# end\n';
    expect(editEnvFile(text, 'header', { A: 'new', B: '2', D: 'é $' }, ['C'])).toBe(
      `# mine\nexport MINE="$HOME/x"\nexport B=2\nexport A=new\n\n# end\nexport D='é $'\n`,
    );
  });

  it('leaves a line that says the right thing in its own words', () => {
    const text = "export A='x'   # as I like it\n";
    expect(editEnvFile(text, 'header', { A: 'x' }, [])).toBe(text);
  });

  it('is not misled by names that every object has', () => {
    const text = 'export constructor=1\nexport __proto__=2\n';
    expect(editEnvFile(text, 'header', { A: '1' }, [])).toBe(`${text}export A=1\n`);
    expect(Object.keys(readEnvFile(text))).toEqual(['constructor', '__proto__']);
  });
});
