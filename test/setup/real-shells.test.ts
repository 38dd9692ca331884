import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answers } from '../../src/setup/assistant-setup.ts';
import { editEnvFile } from '../../src/setup/env-file.ts';
import { readAttributes } from '../../src/setup/resource-attributes.ts';
import { twinText } from '../../src/setup/twins.ts';
import { TestMachine } from '../support/machine.ts';
import { findProgram } from '../support/programs.ts';
import { ANSWERS, assistantNamed } from './home.ts';

/** Prints the environment in a form that no value can break. */
const PRINT = `'${process.execPath}' -e 'process.stdout.write("\\0" + JSON.stringify(process.env))'`;

type Variables = Record<string, string | undefined>;

function environmentOf(shell: string, args: readonly string[], env: Variables): Variables {
  const { stdout, stderr, status } = spawnSync(shell, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${shell} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.split('\0').at(-1) ?? '') as Variables;
}

const SHELLS = ['bash', 'zsh', 'fish'].flatMap((name) => {
  const program = findProgram(name);
  return program ? [{ name, program }] : [];
});

/** Everything that a shell, or the encoding of attributes, could trip over. */
const HOSTILE = 'A "B" \'C\' $HOME `id` $(id) %20 100% a,b=c; \\ \\\\ é 漢字 🎉 #x ~ {a,b} !x *? [1] <a> | & end\\';
const answers: Answers = {
  ...ANSWERS,
  email: `o'neil+"x"$HOME\`id\`%41=é&;|<>(){}[]!*?~\\#@acme.com`,
  organization: HOSTILE,
  product: `-n ${HOSTILE}`,
};

let machine: TestMachine;
afterEach(() => {
  machine.remove();
});

async function setUp(binary: string, shell: string, env: Variables = {}): Promise<void> {
  machine = new TestMachine();
  Object.assign(machine.env, env);
  const flags = ['-k', answers.apiKey, '-e', answers.email ?? '', '-o', HOSTILE, `--product=-n ${HOSTILE}`];
  const { code, err } = await machine.run(binary, ['setup', ...flags, '--shell', shell, '--skip-check']);
  expect([code, err]).toEqual([0, '']);
}

describe.each(SHELLS)('$name', ({ name, program }) => {
  const kinds = { login: ['-l', '-c'], interactive: ['-i', '-c'], both: ['-l', '-i', '-c'] };

  it.each(Object.entries(kinds))('sees exactly the values that were meant, in a shell that is %s', async (_, args) => {
    await setUp('revenium-metering', name);
    const env = { HOME: machine.home, PATH: process.env.PATH, TERM: 'dumb' };
    const seen = environmentOf(program, [...args, PRINT], env);
    const intended = assistantNamed('claude-code').variables({ ...answers, tier: null }, {});
    for (const [variable, value] of Object.entries(intended))
      expect([variable, seen[variable]]).toEqual([variable, value ?? undefined]);
    // What the client makes of it.
    const attributes = readAttributes(seen.OTEL_RESOURCE_ATTRIBUTES ?? '');
    expect(attributes).toEqual({
      'user.email': answers.email,
      'organization.name': HOSTILE,
      'product.name': answers.product,
    });
  });

  it('sees all of two assistants, in either order of their setups', async () => {
    await setUp('revenium-gemini', name);
    await machine.run('revenium-metering', [
      'setup',
      '-k',
      answers.apiKey,
      '-t',
      'pro',
      '--shell',
      name,
      '--skip-check',
    ]);
    const seen = environmentOf(program, ['-l', '-i', '-c', PRINT], { HOME: machine.home, PATH: process.env.PATH });
    expect(seen).toMatchObject({ GEMINI_TELEMETRY_OUTFILE: '', CLAUDE_CODE_ENABLE_TELEMETRY: '1' });
    expect(readAttributes(seen.OTEL_RESOURCE_ATTRIBUTES ?? '')).toEqual({
      'user.email': answers.email,
      'organization.name': HOSTILE,
      'product.name': answers.product,
      CLAUDE_CODE_SUBSCRIPTION_TIER: 'pro',
    });
  });

  it('says nothing and goes on when the files are gone', async () => {
    await setUp('revenium-metering', name);
    rmSync(machine.path('.claude'), { recursive: true });
    const { stdout, stderr, status } = spawnSync(program, ['-l', '-c', 'echo on'], {
      env: { HOME: machine.home, PATH: process.env.PATH },
      encoding: 'utf8',
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: 'on\n', stderr: '', status: 0 });
  });

  it('reads any value of an env file as we do', () => {
    machine = new TestMachine();
    const folder = mkdtempSync(path.join(tmpdir(), 'revenium-env-'));
    const value = fc.oneof(
      fc.string({ unit: 'grapheme-composite', maxLength: 30 }),
      fc
        .array(fc.constantFrom("'", '"', '\\', '$', '`', ' ', '#', '=', '~', '!', '{a,b}', 'x', 'é'), { maxLength: 12 })
        .map((parts) => parts.join('')),
    );
    const writable = value.filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text));
    fc.assert(
      fc.property(
        fc.array(writable, { minLength: 300, maxLength: 300 }),
        fc.constantFrom('C', 'C.UTF-8'),
        (values, locale) => {
          const wanted = Object.fromEntries(values.map((each, i) => [`V${i}`, each]));
          writeFileSync(path.join(folder, 'revenium.env'), editEnvFile(null, 'test', wanted, []));
          writeFileSync(path.join(folder, 'revenium.fish'), twinText('revenium.fish'));
          const source = name === 'fish' ? `source '${folder}/revenium.fish'` : `. '${folder}/revenium.env'`;
          const script = path.join(folder, 'script');
          writeFileSync(script, `${source}\n${PRINT}\n`);
          const seen = environmentOf(program, [script], { HOME: folder, PATH: process.env.PATH, LC_ALL: locale });
          expect(Object.fromEntries(Object.keys(wanted).map((key) => [key, seen[key]]))).toEqual(wanted);
        },
      ),
      { numRuns: 6 },
    );
    rmSync(folder, { recursive: true });
  });
});

describe('fish', () => {
  it('takes edits by hand as a POSIX shell would', () => {
    machine = new TestMachine();
    const program = findProgram('fish');
    const bash = findProgram('bash');
    if (!program || !bash) return;
    machine.write('revenium.fish', twinText('revenium.fish'));
    machine.write(
      'revenium.env',
      [
        '# a comment',
        'export A=plain',
        "  export B='single'\\''quote'\"double \\\" \\$x \\` \\n\"bare\\ space",
        'export C="" # and a comment',
        'export D=',
        "export E='  padded  '",
        'export A=again',
      ].join('\n'),
    );
    const env = { HOME: machine.home, PATH: process.env.PATH };
    const pick = ({ A, B, C, D, E }: Variables): Variables => ({ A, B, C, D, E });
    const inFish = pick(environmentOf(program, ['-c', `source '${machine.path('revenium.fish')}'; ${PRINT}`], env));
    const inBash = pick(environmentOf(bash, ['-c', `. '${machine.path('revenium.env')}'; ${PRINT}`], env));
    expect(inFish).toEqual(inBash);
    expect(inFish.B).toBe('single\'quotedouble " $x ` \\nbare space');
  });
});

describe('zsh', () => {
  it('is set up where ZDOTDIR says, exported or only set in ~/.zshenv', async () => {
    const program = findProgram('zsh');
    machine = new TestMachine();
    if (!program) return;
    machine.write('.zshenv', 'echo noise\nZDOTDIR=$HOME/.config/zsh\n');
    await machine.run('revenium-metering', ['setup', '-k', answers.apiKey, '--shell', 'zsh', '--skip-check']);
    expect(machine.read('.config/zsh/.zshrc')).toContain('# >>> revenium >>>');
    const env = { HOME: machine.home, PATH: process.env.PATH };
    expect(environmentOf(program, ['-i', '-c', PRINT], env).CLAUDE_CODE_ENABLE_TELEMETRY).toBe('1');
    expect(environmentOf(program, ['-l', '-c', PRINT], env).CLAUDE_CODE_ENABLE_TELEMETRY).toBe('1');
  });
});
