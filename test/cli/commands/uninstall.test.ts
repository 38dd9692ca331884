import fc from 'fast-check';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestMachine } from '../../support/machine.ts';

const KEY = 'hak_acme_0123456789abcdef';
let machine: TestMachine;
beforeEach(() => {
  machine = new TestMachine();
});
afterEach(() => {
  machine.remove();
});

const setup = async (binary = 'revenium-metering', ...more: string[]): Promise<void> => {
  const { code, err } = await machine.run(binary, ['setup', '-k', KEY, '--skip-check', ...more]);
  expect([code, err]).toEqual([0, '']);
};
const uninstall = (binary = 'revenium-metering', ...more: string[]) => machine.run(binary, ['uninstall', ...more]);

describe('uninstall', () => {
  it('has nothing to do where nothing is set up, and leaves nothing behind by looking', async () => {
    const { code, out } = await uninstall();
    expect([code, out]).toEqual([0, 'Claude Code is not set up here: nothing to do.\n']);
    expect(readdirSync(machine.home)).toEqual([]);
  });

  it('shows what it would put back with --dry-run', async () => {
    machine.write('.bashrc', 'mine\n');
    await setup();
    const before = machine.snapshot();
    const { out } = await uninstall('revenium-metering', '--dry-run');
    expect(out).toContain('-# >>> revenium >>>\n');
    expect(out).toContain('+++ /dev/null');
    expect(out).not.toContain(KEY);
    expect(machine.snapshot()).toEqual(before);
    const { out: json } = await uninstall('revenium-metering', '--dry-run', '--json');
    expect(JSON.parse(json)).toMatchObject({
      dryRun: true,
      files: expect.arrayContaining([{ path: machine.path('.bashrc'), action: 'restored' }]) as unknown,
    });
  });

  it('gives back a home on the real disk byte for byte, whatever was in it', async () => {
    const content = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
    const files = fc.dictionary(
      fc.constantFrom('.bashrc', '.profile', '.zshrc', '.zprofile', '.config/fish/config.fish'),
      content,
    );
    const shell = fc.constantFrom('bash', 'zsh', 'fish', 'powershell', 'nushell');
    const mode = fc.constantFrom(0o600, 0o644, 0o755);
    await fc.assert(
      fc.asyncProperty(
        files,
        mode,
        fc.array(shell, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (home, mode, shells, settings) => {
          for (const name of readdirSync(machine.home)) rmSync(machine.path(name), { recursive: true });
          for (const [name, bytes] of Object.entries(home)) machine.write(name, bytes, mode);
          const before = machine.snapshot();
          for (const name of shells)
            await setup('revenium-metering', '--shell', name, ...(settings ? ['--claude-settings'] : []));
          await setup('revenium-gemini', '--shell', shells[0] ?? 'bash');
          await uninstall();
          await uninstall('revenium-gemini');
          expect(machine.snapshot()).toEqual(before);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('takes along what backfill and sync remember, and nothing of another assistant’s', async () => {
    await setup();
    await setup('revenium-gemini');
    const other = machine.snapshot();
    machine.write('.local/state/revenium/claude-code/delivered-1.bin', 'x');
    machine.write('.local/state/revenium/gemini-cli/delivered-1.bin', 'x');
    const { out } = await uninstall();
    expect(out).toContain('deleted  ~/.local/state/revenium/claude-code/delivered-1.bin');
    expect(existsSync(machine.path('.local/state/revenium/claude-code'))).toBe(false);
    expect(existsSync(machine.path('.local/state/revenium/gemini-cli/delivered-1.bin'))).toBe(true);
    expect(machine.read('.gemini/revenium.env')).toBe(other['.gemini/revenium.env']?.slice(4));
    await uninstall('revenium-gemini');
    expect(readdirSync(machine.home)).toEqual([]);
    const cursor = ['--cursor-api-key', 'crsr_0123456789abcdef'];
    await setup('revenium-cursor', ...cursor);
    for (const name of ['state.json', 'state.json.1', 'sync.holder.json', 'mine.txt'])
      machine.write(`.cursor/revenium/${name}`, 'x');
    await uninstall('revenium-cursor');
    expect(Object.keys(machine.snapshot())).toEqual(['.cursor', '.cursor/revenium', '.cursor/revenium/mine.txt']);
    rmSync(machine.path('.cursor/revenium/mine.txt'));
    // As a sync leaves it that was never set up.
    machine.write('.cursor/revenium/state.json', 'x');
    await uninstall('revenium-cursor');
    expect(Object.keys(machine.snapshot())).toEqual(['.cursor']);
  });

  it('works without the manifest too: what is ours is known by its marks', async () => {
    machine.write('.bashrc', 'mine\n');
    await setup();
    rmSync(machine.path('.local'), { recursive: true });
    expect((await uninstall()).code).toBe(0);
    expect(machine.read('.bashrc')).toBe('mine\n');
    expect(existsSync(machine.path('.claude/revenium.env'))).toBe(false);
  });

  it('takes out a block that came with dotfiles from another machine', async () => {
    machine.write(
      '.zshrc',
      'a\n# >>> revenium >>>\n# Metering of AI coding assistants; "uninstall" takes it out again.\nif [ -r x ]; then . x; fi # claude-code\n# <<< revenium <<<\nb\n',
    );
    expect((await uninstall()).code).toBe(0);
    expect(machine.read('.zshrc')).toBe('a\nb\n');
  });

  it('leaves a damaged profile alone, does the rest, says so and exits 1', async () => {
    await setup();
    const damaged = machine.read('.bashrc').replace('# <<< revenium <<<\n', 'mine\n');
    machine.write('.bashrc', damaged);
    const { code, err } = await uninstall();
    expect(code).toBe(1);
    expect(err).toContain('.bashrc: line 1 is half of a revenium block');
    expect(machine.read('.bashrc')).toBe(damaged);
    expect(existsSync(machine.path('.claude/revenium.env'))).toBe(false);
    // Once mended, the rest goes too.
    machine.write('.bashrc', damaged.replace('mine\n', '# <<< revenium <<<\n'));
    expect((await uninstall()).code).toBe(0);
    expect(machine.snapshot()).toEqual({});
  });

  it('refuses a manifest that it does not understand, and touches nothing', async () => {
    await setup();
    machine.write('.local/state/revenium/setup.json', '{"version": 2}');
    const before = machine.snapshot();
    const { code, err } = await uninstall();
    expect([code, err.includes('it is damaged, or from a newer version')]).toEqual([1, true]);
    expect(machine.snapshot()).toEqual(before);
  });
});
