import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { runCommandLine } from '../../src/cli/run.ts';
import type { Binary, CommonOptions } from '../../src/cli/table.ts';
import { command } from '../../src/cli/table.ts';
import { Failure, Interrupted, UsageError } from '../../src/errors.ts';
import { VERSION } from '../../src/version.ts';
import { testContext } from '../support/context.ts';

interface GreetOptions extends CommonOptions {
  times: number;
  who: string;
}

let greeted: { options: GreetOptions; context: Context } | undefined;
let outcome: () => Promise<void> = async () => undefined;

const count = (value: string): number => {
  if (!/^\d+$/.test(value)) throw new UsageError('must be a number');
  return Number(value);
};

const binary: Binary = {
  summary: 'Say hello.',
  groups: { keys: 'About keys.' },
  commands: [
    command<GreetOptions>({
      name: 'greet',
      summary: 'Greet somebody.',
      details: 'More about greeting.',
      arguments: { who: { syntax: '<who>', text: 'whom' } },
      options: { times: { flags: '-t, --times <n>', text: 'how often', fallback: 1, parse: count } },
      examples: ['hello greet Ada --times 2'],
      load: async () => ({
        run: async (options, context) => {
          greeted = { options, context };
          await outcome();
        },
      }),
    }),
    command({
      name: 'keys list',
      summary: 'List keys.',
      examples: [],
      load: async () => ({ run: async () => outcome() }),
    }),
  ],
};

async function run(line: string, given: Parameters<typeof testContext>[0] = {}) {
  greeted = undefined;
  const context = testContext(given);
  const code = await runCommandLine('hello', binary, line.split(' ').filter(Boolean), context);
  return { code, out: context.io.stdout.text, err: context.io.stderr.text };
}

describe('a command line', () => {
  it('hands the options, parsed, to the command', async () => {
    outcome = async () => undefined;
    expect(await run('greet Ada --times 3 --json')).toEqual({ code: 0, out: '', err: '' });
    expect(greeted?.options).toEqual({ who: 'Ada', times: 3, json: true, verbose: false });
  });

  it('takes the common options before the command too, and defaults', async () => {
    await run('-v --json greet Ada');
    expect(greeted?.options).toEqual({ who: 'Ada', times: 1, json: true, verbose: true });
  });

  it('turns colours off by --no-color', async () => {
    await run('greet Ada', { io: { color: true } });
    expect(greeted?.context.io.color).toBe(true);
    await run('greet Ada --no-color', { io: { color: true } });
    expect(greeted?.context.io.color).toBe(false);
    await run('--no-color greet Ada', { io: { color: true } });
    expect(greeted?.context.io.color).toBe(false);
  });

  it.each(['-V', '--version'])('%s prints the version on stdout', async (flag) => {
    expect(await run(flag)).toEqual({ code: 0, out: `${VERSION}\n`, err: '' });
  });

  it.each(['greet -h', 'greet --help'])('%s prints options, common options and examples', async (line) => {
    const { code, out, err } = await run(line);
    expect([code, err]).toEqual([0, '']);
    for (const part of [
      'More about greeting.',
      '--times <n>',
      'default: 1',
      '--json',
      '--no-color',
      '$ hello greet Ada',
    ])
      expect(out).toContain(part);
  });

  it('lists groups with their line', async () => {
    expect((await run('--help')).out).toMatch(/keys +About keys\./);
    expect((await run('keys --help')).out).toMatch(/list +List keys\./);
  });

  it.each([
    ['', 'Usage: hello'],
    ['gret Ada', "unknown command 'gret'\n(Did you mean greet?)"],
    ['greet', "missing required argument 'who'"],
    ['greet Ada --tims 3', "unknown option '--tims'\n(Did you mean --times?)"],
    ['greet Ada --times x', "'x' is invalid. must be a number"],
    ['greet Ada Bob', 'too many arguments'],
  ])('wrong usage: %j exits 2', async (line, message) => {
    const { code, out, err } = await run(line);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});

describe('an error', () => {
  const failing = async (error: Error, line = 'greet Ada', given: Parameters<typeof testContext>[0] = {}) => {
    outcome = () => Promise.reject(error);
    return await run(line, given);
  };

  it('that is expected prints its message and hint, exit 1', async () => {
    const error = new Failure('the door is locked', { hint: 'Try the key.', cause: new Error('bolt') });
    expect(await failing(error)).toEqual({ code: 1, out: '', err: 'error: the door is locked\n  Try the key.\n' });
  });

  it('prints its causes with --verbose and its stack with DEBUG', async () => {
    const error = new Failure('the door is locked', { cause: new Error('bolt', { cause: new Error('rust') }) });
    expect((await failing(error, 'greet Ada -v')).err).toContain('because: bolt\n  because: rust\n');
    expect((await failing(error)).err).not.toContain('at ');
    expect((await failing(error, 'greet Ada', { env: { DEBUG: '1' } })).err).toContain('at ');
  });

  it('of usage exits 2, of an interruption 130', async () => {
    expect((await failing(new UsageError('no'))).code).toBe(2);
    expect(await failing(new Interrupted())).toEqual({ code: 130, out: '', err: 'interrupted\n' });
  });

  it('that follows from an abort is an interruption', async () => {
    const signal = AbortSignal.abort(new Interrupted());
    expect((await failing(new Error('aborted'), 'greet Ada', { signal })).code).toBe(130);
  });

  it('that is not expected says that it is a defect', async () => {
    const { code, err } = await failing(new TypeError('x is not a function'));
    expect(code).toBe(1);
    expect(err).toContain('x is not a function');
    expect(err).toContain('DEBUG=1');
  });

  it('never shows a key', async () => {
    const { err } = await failing(
      new Failure('refused: hak_acme_0123456789abcdef', { hint: 'sk-ant-admin01-abcdefghijklmnop' }),
    );
    expect(err).toBe('error: refused: hak_acme_…cdef\n  sk-ant-…mnop\n');
  });
});
