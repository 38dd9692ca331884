import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editJsonEnv, readJsonEnv, withoutJsonEnv } from '../../src/setup/json-env.ts';

const edit = (text: string, values: Record<string, string | null>): string =>
  editJsonEnv(Buffer.from(text), 'settings.json', values).toString();

describe('the env block of a settings file', () => {
  it.each([
    ['{}', '{\n  "env": {\n    "A": "1"\n  }\n}'],
    ['', '{\n  "env": {\n    "A": "1"\n  }\n}\n'],
    ['{"a":1}', '{"a":1, "env": {\n  "A": "1"\n}}'],
    [
      '{\n\t"b": [1,2,  3],\n\t"permissions": {"allow":["x"]}\n}\n',
      '{\n\t"b": [1,2,  3],\n\t"permissions": {"allow":["x"]},\n\t"env": {\n\t\t"A": "1"\n\t}\n}\n',
    ],
    [
      '{\n    "env": {\n        "Z": "0"\n    },\n    "z": 1\n}',
      '{\n    "env": {\n        "Z": "0",\n        "A": "1"\n    },\n    "z": 1\n}',
    ],
    ['{"env": {"A":"0","Z":"0"}}', '{"env": {"A":"1","Z":"0"}}'],
    ['{\r\n  "a": 1\r\n}\r\n', '{\r\n  "a": 1,\r\n  "env": {\r\n    "A": "1"\r\n  }\r\n}\r\n'],
    ['\ufeff{"env":{}}', '\ufeff{"env":{\n  "A": "1"\n}}'],
    ['{ // why\n  "a": 1, // so\n}', '{ // why\n  "a": 1,\n  "env": {\n    "A": "1"\n  }, // so\n}'],
  ])('%j', (before, after) => {
    expect(edit(before, { A: '1' })).toBe(after);
  });

  it('is left alone where it already says so', () => {
    const text = '{"env":{"A":"1"}  }';
    expect(edit(text, { A: '1', B: null })).toBe(text);
  });

  it.each(['[]', '"x"', '{"a": ', 'null', '{"env": 1}', '{"env": {}, "env": {}}'])('%s is refused', (text) => {
    expect(() => edit(text, { A: '1' })).toThrow(/settings\.json/);
  });

  it('is refused where it is not UTF-8', () => {
    expect(() => editJsonEnv(Buffer.from([0x7b, 0xff, 0x7d]), 'settings.json', { A: '1' })).toThrow('is not UTF-8');
  });

  it('changes nothing else, whatever the file holds and however it is laid out', () => {
    const key = fc.string({ unit: 'grapheme', maxLength: 8 });
    const file = fc.tuple(
      fc.dictionary(key, fc.jsonValue(), { maxKeys: 4 }),
      fc.option(fc.dictionary(key, key, { maxKeys: 4 })),
      fc.constantFrom(undefined, 0, 1, 2, 4, '\t'),
      fc.constantFrom('', '\n'),
    );
    const values = fc.dictionary(key, fc.option(key), { minKeys: 1, maxKeys: 4 });
    fc.assert(
      fc.property(file, values, ([rest, env, indent, end], wanted) => {
        const before = { ...rest, ...(env && { env }) };
        if (!env) delete before.env;
        const text = JSON.stringify(before, null, indent) + end;
        const after = JSON.parse(edit(text, wanted)) as Record<string, unknown>;
        const expected = new Map(Object.entries(env ?? {}));
        for (const [name, value] of Object.entries(wanted)) {
          if (value === null) expected.delete(name);
          else expected.set(name, value);
        }
        expect(new Map(Object.entries(after.env ?? {}))).toEqual(expected);
        const others = (object: object): [string, unknown][] =>
          Object.entries(object).filter(([name]) => name !== 'env');
        expect(others(after)).toEqual(others(JSON.parse(text) as object));
        expect(edit(edit(text, wanted), wanted)).toBe(edit(text, wanted));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives back what stood there before, and leaves what somebody has changed since', () => {
    const before = { OTEL_LOGS_EXPORTER: 'console' };
    const ours = { OTEL_LOGS_EXPORTER: 'otlp', A: '1', B: '2' };
    const now = Buffer.from('{"env": {"OTEL_LOGS_EXPORTER": "otlp", "A": "mine", "B": "2"}, "x": 1}');
    const left = withoutJsonEnv(now, 'settings.json', ours, before).toString();
    expect(left).toBe('{"env": {"OTEL_LOGS_EXPORTER": "console", "A": "mine"}, "x": 1}');
    expect(readJsonEnv(Buffer.from(left), 'settings.json')).toEqual({ OTEL_LOGS_EXPORTER: 'console', A: 'mine' });
  });
});
