import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { BLOCK_END, BLOCK_START } from '../../src/setup/profile-block.ts';
import { ANSWERS, MemoryHome, shellsNamed } from './home.ts';

/** Lines as people, editors and half-finished edits leave them. */
const line = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\n', '')) },
  fc.constantFrom(
    '',
    '  export A=1',
    'foo \\',
    'if true; then',
    '\ufeff# top',
    '# >>> conda initialize >>>',
    'x # claude-code',
  ),
);
const marker = fc.constantFrom(
  BLOCK_START,
  BLOCK_END,
  '# >>> revenium-claude-code-metering >>>',
  '# <<< revenium-gemini-cli-metering <<<',
  '   # >>> revenium >>>\t',
);
const eol = fc.constantFrom('\n', '\n', '\r\n');

const textOf = (lines: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.array(fc.tuple(lines, eol), { maxLength: 8 }), fc.boolean())
    .map(([rows, ended]) =>
      Buffer.from(rows.map(([text, end], i) => text + (ended || i < rows.length - 1 ? end : '')).join('')),
    );

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const utf16 = fc.string({ maxLength: 20 }).map((text) => Buffer.from(`\ufeff${text}`, 'utf16le'));
/** No markers of ours: what a machine looks like before setup. */
const profile = fc.oneof({ weight: 4, arbitrary: textOf(line) }, bytes, utf16, fc.constant(Buffer.alloc(0)));
const damaged = textOf(fc.oneof({ weight: 3, arbitrary: line }, marker));

const PROFILES = [
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.profile',
  '.zshrc',
  '.zprofile',
  '.config/fish/config.fish',
];
const home = (content: fc.Arbitrary<Buffer>): fc.Arbitrary<Record<string, Buffer>> =>
  fc.dictionary(fc.constantFrom(...PROFILES), content, { maxKeys: 5 }).map((files) => ({ ...files }));

const json = fc
  .tuple(
    fc.jsonValue(),
    fc.dictionary(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 }), { maxKeys: 3 }),
    fc.constantFrom(0, 2, '\t'),
  )
  .map(([other, env, indent]) => Buffer.from(JSON.stringify({ other, env, z: [1, { a: 2 }] }, null, indent)));

const text = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .filter((value) => !/[\p{Cc}\p{Cs}]/u.test(value))
  .map((value) => value.trim() || null);
const answers = fc.record({
  apiKey: fc.constant(ANSWERS.apiKey),
  endpoint: fc.constantFrom('https://api.revenium.ai', 'http://localhost:4318'),
  email: fc.constantFrom(null, 'ada@acme.com', "o'neil+x@müller.de"),
  tier: fc.constantFrom(null, 'pro', 'max_20x'),
  organization: text,
  product: text,
  cursorApiKey: fc.constant('crsr_0123456789abcdef'),
  syncInterval: fc.constantFrom(1, 5, 60),
});
const shells = fc.subarray(['bash', 'zsh', 'fish', 'powershell']).map((names) => shellsNamed(...names));
const request = fc.record({ answers, shells, settings: fc.boolean() });

const RUNS = { numRuns: 500 };

describe('over any home', () => {
  it('uninstall after setup gives every file back', async () => {
    await fc.assert(
      fc.asyncProperty(home(profile), fc.option(json), request, async (files, settings, asked) => {
        const machine = new MemoryHome({ ...files, ...(settings && { '.claude/settings.json': settings }) });
        const before = machine.snapshot();
        await machine.setup('claude-code', asked);
        await machine.uninstall('claude-code');
        expect(machine.snapshot()).toEqual(before);
      }),
      RUNS,
    );
  });

  it('three assistants, set up and taken out in any order, leave no trace', async () => {
    const ids = ['claude-code', 'gemini-cli', 'cursor'];
    const order = fc.shuffledSubarray(ids, { minLength: 3 });
    await fc.assert(
      fc.asyncProperty(home(profile), order, order, request, request, async (files, ins, outs, one, two) => {
        const machine = new MemoryHome(files);
        const before = machine.snapshot();
        for (const [i, id] of ins.entries()) await machine.setup(id, i === 1 ? two : one);
        for (const id of outs) await machine.uninstall(id);
        expect(machine.snapshot()).toEqual(before);
      }),
      RUNS,
    );
  });

  it('a second setup changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        home(profile),
        fc.array(fc.constantFrom('claude-code', 'gemini-cli', 'cursor'), { minLength: 1, maxLength: 4 }),
        request,
        async (files, ids, asked) => {
          const machine = new MemoryHome(files);
          for (const id of ids) await machine.setup(id, asked);
          for (const id of new Set(ids)) await machine.setup(id, asked);
          const once = machine.snapshot();
          for (const id of new Set(ids)) expect((await machine.setup(id, asked)).edits).toEqual([]);
          expect(machine.snapshot()).toEqual(once);
        },
      ),
      RUNS,
    );
  });

  it('a profile with half a block is refused, and nothing at all is written', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(home(damaged), shells, async (files, chosen) => {
        const machine = new MemoryHome(files);
        const before = machine.snapshot();
        try {
          await machine.setup('claude-code', { shells: chosen });
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(Failure);
          expect(String(error)).toMatch(/line \d+ is half of a revenium block/);
          expect(machine.snapshot()).toEqual(before);
        }
      }),
      RUNS,
    );
    expect(refused).toBeGreaterThan(20);
  });
});

/** The profile's lines that are not ours, in their order. */
const foreign = (content: Buffer): string[] =>
  (content.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? []).filter(
    (row) => !/# [<>]{3} revenium|# (?:claude-code|gemini-cli)\s*$|# Metering of AI/.test(row),
  );

describe('a person’s own lines', () => {
  it('are never lost, moved or changed, whatever is edited between two runs', async () => {
    const plain = fc.stringMatching(/^[ -!$-\[\]-~]{0,10}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(plain),
        fc.array(plain),
        fc.array(plain),
        fc.boolean(),
        async (head, tail, inside, again) => {
          const rows = (lines: string[]): string => lines.map((row) => `${row}\n`).join('');
          const machine = new MemoryHome({ '.bashrc': rows(head) });
          await machine.setup();
          const block = machine.text('.bashrc').slice(rows(head).length);
          // Moved to the top, added to from inside and below.
          const edited = block.replace(BLOCK_END, () => rows(inside) + BLOCK_END) + rows(head) + rows(tail);
          machine.put('.bashrc', edited);
          if (again) await machine.setup('gemini-cli');
          if (again) expect(foreign(machine.bytes('.bashrc'))).toEqual(foreign(Buffer.from(edited)));
          await machine.uninstall('gemini-cli');
          await machine.uninstall('claude-code');
          expect(machine.text('.bashrc')).toBe(rows(inside) + rows(head) + rows(tail));
        },
      ),
      RUNS,
    );
  });

  it('stay where a block has been doubled', async () => {
    const machine = new MemoryHome({ '.bashrc': 'a\n' });
    await machine.setup();
    machine.put('.bashrc', `${machine.text('.bashrc')}b\n${machine.text('.bashrc')}c\n`);
    await machine.setup();
    expect(foreign(machine.bytes('.bashrc')).join('')).toBe('a\nb\na\nc\n');
    expect(machine.text('.bashrc').split(BLOCK_START)).toHaveLength(2);
    await machine.uninstall();
    expect(machine.text('.bashrc')).toBe('a\nb\na\nc\n');
  });

  it('stay in a settings file that was changed after setup', async () => {
    const machine = new MemoryHome({
      '.claude/settings.json': '{\n  "model": "x",\n  "env": {"OTEL_LOGS_EXPORTER": "console"}\n}\n',
    });
    await machine.setup('claude-code', { settings: true, shells: [] });
    machine.put(
      '.claude/settings.json',
      machine.text('.claude/settings.json').replace('"model": "x"', '"model": "y", "hooks": {}'),
      0o600,
    );
    await machine.uninstall();
    expect(machine.text('.claude/settings.json')).toBe(
      '{\n  "model": "y", "hooks": {},\n  "env": {"OTEL_LOGS_EXPORTER": "console"}\n}\n',
    );
  });
});
