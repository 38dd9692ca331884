import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonScanError, JsonScanner } from '../../src/otlp/json-scanner.ts';
import { KeyTable } from '../../src/otlp/key-table.ts';

const scanner = (text: string) => new JsonScanner(Buffer.from(text));

/** Null where the whole text is JSON, else what the scanner says is wrong. */
function problemOf(text: string): string | null {
  try {
    const s = scanner(text);
    s.skip();
    return s.atEnd() ? null : 'something follows';
  } catch (error) {
    if (error instanceof JsonScanError) return error.message;
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('a JSON text', () => {
  test.each([
    ['', 'the text ends too early at byte 0'],
    ['{"a":1', 'the text ends too early at byte 6'],
    ['{"a" 1}', 'expected a colon at byte 5'],
    ['{a:1}', 'expected a name in quotes at byte 1'],
    ['[1,]', 'a comma before an end at byte 3'],
    ['{"a":1,}', 'a comma before an end at byte 7'],
    ['[1 2]', 'expected a comma or an end at byte 3'],
    ['["\\x"]', 'an invalid escape in a string at byte 3'],
    ['["\\u12g4"]', 'an invalid escape in a string at byte 3'],
    ['["a\nb"]', 'a control character in a string at byte 3'],
    ['["abc', 'the text ends too early at byte 5'],
    ['[tru]', 'expected a value at byte 1'],
    ['[NaN]', 'expected a value at byte 1'],
    ['[+1]', 'expected a value at byte 1'],
    ['[.5]', 'expected a value at byte 1'],
    ['[1.]', 'expected a value at byte 1'],
    ['[1e]', 'expected a value at byte 1'],
    ['[-]', 'expected a value at byte 1'],
    ['[01]', 'expected a comma or an end at byte 2'],
    ['1 1', 'something follows'],
    ['\0', 'expected a value at byte 0'],
    ['[1]\0', 'something follows'],
  ])('%j is refused and says where', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  test('may be nested, but not without end', () => {
    expect(problemOf('['.repeat(128) + ']'.repeat(128))).toBeNull();
    expect(problemOf('['.repeat(1_000_000))).toBe('nested deeper than 128 levels at byte 128');
    expect(problemOf('{"a":'.repeat(1_000_000))).toBe('nested deeper than 128 levels at byte 640');
  });

  test.each(['{}', ' [ ] ', '\ufeff{}', '"\\u0041\\"\\\\"', '-0', '0.1e-7', '[[],{"":null}]', 'true', '"é😀\u2028"'])(
    '%j is taken',
    (text) => expect(problemOf(text)).toBeNull(),
  );

  test('is taken or refused as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.nat(), fc.string({ maxLength: 2, unit: 'binary' }), (json, at, junk) => {
        expect(problemOf(json)).toBeNull();
        const broken = json.slice(0, at % (json.length + 1)) + junk + json.slice((at % (json.length + 1)) + 1);
        expect(problemOf(broken) === null, broken).toBe(isJson(Buffer.from(broken).toString()));
      }),
      { numRuns: 2000 },
    );
  });

  test('of random structural characters is taken or refused as JSON.parse does', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'[]{}",:\\u01-+.eE \ntrufalsn'), maxLength: 12 });
    fc.assert(
      fc.property(soup, (text) => {
        expect(problemOf(text) === null, text).toBe(isJson(text));
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('values', () => {
  test('scalars read as JSON.parse reads them', () => {
    const scalar = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), fc.boolean(), fc.string());
    fc.assert(
      fc.property(scalar, (value) => {
        const json = JSON.stringify([value]);
        const s = scanner(json);
        s.enterArray();
        s.element(true);
        const [parsed] = JSON.parse(json) as (string | number | boolean | null)[];
        const expected = typeof parsed === 'string' ? parsed.replace(/[\p{Control}]/gu, ' ').slice(0, 500) : parsed;
        expect(s.scalar()).toEqual(expected === null ? undefined : expected);
        expect(s.element(false)).toBe(false);
      }),
    );
  });

  test('`like` gives back the same text where it is the same, and the right one where it is not', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 }), (value, like) => {
        const read = scanner(JSON.stringify(value)).scalar(like);
        expect(read).toBe(scanner(JSON.stringify(value)).scalar());
      }),
    );
  });
});

describe('names', () => {
  test('are found by their meaning, however they are written', () => {
    const table = new KeyTable([
      ['key', 1],
      ['value', 2],
    ]);
    const found = (text: string) => {
      const s = scanner(text);
      s.string();
      return s.find(table);
    };
    expect(found('"key"')).toBe(1);
    expect(found('"k\\u0065y"')).toBe(1);
    expect(found('"keys"')).toBeUndefined();
    expect(found('"kéy"')).toBeUndefined();
    expect(found('""')).toBeUndefined();
  });

  test('a table finds its own names in any buffer and no others', () => {
    const name = fc.string({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 40 }), fc.string(), fc.array(name), (names, before, others) => {
        const table = new KeyTable(names.map((value) => [value, value]));
        for (const wanted of [...names, ...others]) {
          const buffer = Buffer.from(before + wanted + before);
          const from = Buffer.byteLength(before);
          const expected = names.includes(wanted) ? wanted : undefined;
          expect(table.get(buffer, from, from + Buffer.byteLength(wanted))).toBe(expected);
        }
      }),
    );
  });
});
