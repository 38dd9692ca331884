import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/setup/machine.ts';
import { sourcePath } from '../../src/setup/places.ts';
import type { ShellFacts } from '../../src/setup/shells.ts';
import { nushellLine } from '../../src/setup/shells.ts';
import { twinText } from '../../src/setup/twins.ts';
import { assistantNamed, shellsNamed } from './home.ts';

/**
 * What macOS, Windows, PowerShell and nushell get cannot be run on every machine: these tests fix it, as golden files
 * and tables.
 */
const LINUX: Machine = { env: {}, home: '/home/ada', cwd: '/', platform: 'linux', parentPid: 1 };
const MAC: Machine = { ...LINUX, home: '/Users/ada', platform: 'darwin' };
const WINDOWS: Machine = { ...LINUX, home: 'C:\\Users\\Ada', platform: 'win32' };
const FACTS: ShellFacts = { exists: () => false, zshFolder: null, documents: null };

const profiles = (shell: string, machine: Machine, facts: Partial<ShellFacts> = {}): string[] =>
  shellsNamed(shell)[0]?.profiles(machine, { ...FACTS, ...facts }) ?? [];

const existing = (...names: string[]) => ({ exists: (path: string) => names.some((name) => path.endsWith(name)) });

describe('the profiles of', () => {
  it.each([
    ['bash on Linux', LINUX, [], ['/home/ada/.bashrc', '/home/ada/.profile']],
    [
      'bash on Linux with .bash_profile',
      LINUX,
      ['.bash_profile', '.profile'],
      ['/home/ada/.bashrc', '/home/ada/.bash_profile'],
    ],
    [
      'bash on Linux with .bash_login',
      LINUX,
      ['.bash_login', '.profile'],
      ['/home/ada/.bashrc', '/home/ada/.bash_login'],
    ],
    ['bash on macOS', MAC, [], ['/Users/ada/.bashrc', '/Users/ada/.bash_profile']],
    ['bash on macOS with .profile', MAC, ['/.profile'], ['/Users/ada/.bashrc', '/Users/ada/.profile']],
  ])('%s', (_, machine, names, paths) => {
    expect(profiles('bash', machine, existing(...names))).toEqual(paths);
  });

  it('zsh', () => {
    const both = (folder: string) => [`${folder}/.zshrc`, `${folder}/.zprofile`];
    expect(profiles('zsh', LINUX)).toEqual(both('/home/ada'));
    expect(profiles('zsh', { ...LINUX, env: { ZDOTDIR: '/home/ada/.zsh' } })).toEqual(both('/home/ada/.zsh'));
    expect(profiles('zsh', { ...LINUX, env: { ZDOTDIR: 'relative' } })).toEqual(both('/home/ada'));
    expect(profiles('zsh', { ...LINUX, env: { ZDOTDIR: '/a' } }, { zshFolder: '/b' })).toEqual(both('/b'));
  });

  it('fish', () => {
    expect(profiles('fish', LINUX)).toEqual(['/home/ada/.config/fish/config.fish']);
    expect(profiles('fish', { ...LINUX, env: { XDG_CONFIG_HOME: '/x' } })).toEqual(['/x/fish/config.fish']);
  });

  it('PowerShell on Windows: 5.1 always, 7 where it is used, in the Documents that Windows names', () => {
    const five = 'C:\\Users\\Ada\\Documents\\WindowsPowerShell\\profile.ps1';
    const seven = 'C:\\Users\\Ada\\Documents\\PowerShell\\profile.ps1';
    expect(profiles('powershell', WINDOWS)).toEqual([five]);
    expect(profiles('powershell', WINDOWS, existing('Documents\\PowerShell'))).toEqual([five, seven]);
    const env = {
      PSModulePath: 'C:\\Users\\Ada\\Documents\\PowerShell\\Modules;C:\\Program Files\\PowerShell\\Modules',
    };
    expect(profiles('powershell', { ...WINDOWS, env })).toEqual([five, seven]);
    const moved = { documents: 'D:\\OneDrive - Acme\\Dokumente' };
    expect(profiles('powershell', WINDOWS, moved)).toEqual([
      'D:\\OneDrive - Acme\\Dokumente\\WindowsPowerShell\\profile.ps1',
    ]);
  });

  it('PowerShell elsewhere', () => {
    expect(profiles('powershell', LINUX)).toEqual(['/home/ada/.config/powershell/profile.ps1']);
  });
});

describe('the line that loads', () => {
  const claude = assistantNamed('claude-code');
  const line = (name: string, machine: Machine): string => {
    const [shell] = shellsNamed(name);
    return shell ? shell.load(machine, sourcePath(claude, shell, machine)) : '';
  };
  const odd = { ...LINUX, env: { CLAUDE_CONFIG_DIR: '/srv/it\'s "$x" `y` \\z' } };

  it.each([
    ['bash', LINUX, 'if [ -r "$HOME/.claude/revenium.env" ]; then . "$HOME/.claude/revenium.env"; fi'],
    ['fish', LINUX, 'if test -r "$HOME/.claude/revenium.fish"; source "$HOME/.claude/revenium.fish"; end'],
    [
      'powershell',
      LINUX,
      'if (Test-Path -LiteralPath "$HOME/.claude/revenium.ps1") { . "$HOME/.claude/revenium.ps1" }',
    ],
    [
      'powershell',
      WINDOWS,
      'if (Test-Path -LiteralPath "$HOME\\.claude\\revenium.ps1") { . "$HOME\\.claude\\revenium.ps1" }',
    ],
    [
      'zsh',
      odd,
      `if [ -r '/srv/it'\\''s "$x" \`y\` \\z/revenium.env' ]; then . '/srv/it'\\''s "$x" \`y\` \\z/revenium.env'; fi`,
    ],
    [
      'fish',
      odd,
      `if test -r '/srv/it\\'s "$x" \`y\` \\\\z/revenium.fish'; source '/srv/it\\'s "$x" \`y\` \\\\z/revenium.fish'; end`,
    ],
    [
      'powershell',
      odd,
      `if (Test-Path -LiteralPath '/srv/it''s "$x" \`y\` \\z/revenium.ps1') { . '/srv/it''s "$x" \`y\` \\z/revenium.ps1' }`,
    ],
  ])('%s', (name, machine, expected) => {
    expect(line(name, machine)).toBe(expected);
  });
});

describe('golden files', () => {
  it('fish', async () => {
    await expect(twinText('revenium.fish')).toMatchFileSnapshot('golden/revenium.fish');
  });

  it('PowerShell', async () => {
    await expect(twinText('revenium.ps1')).toMatchFileSnapshot('golden/revenium.ps1');
  });

  it('nushell', async () => {
    await expect(nushellLine('/home/ada/.claude/revenium.env')).toMatchFileSnapshot('golden/nushell-line.nu');
  });

  it('PowerShell’s grammar is the one by which we read: its expressions, run here, give the same values', async () => {
    const { readWord } = await import('../../src/setup/env-file.ts');
    const source = /\$word = \[regex\]'\\G(.*)'$/m.exec(twinText('revenium.ps1'))?.[1]?.replaceAll("''", "'");
    const word = new RegExp(source ?? 'missing', 'y');
    const words = [
      "'a b'",
      `'it'\\''s'`,
      '"a \\" \\$ \\n"',
      'plain',
      "''",
      `a'b'"c"\\ d`,
      '$HOME',
      '"$x"',
      'a b',
      'x # note',
      '~/x',
      '`id`',
    ];
    for (const text of words) {
      let value = '';
      word.lastIndex = 0;
      let at = 0;
      for (let match = word.exec(text); match; match = word.exec(text)) {
        value +=
          match[2] === undefined
            ? (match[1] ?? '') + (match[3] ?? '') + (match[4] ?? '')
            : match[2].replace(/\\(["\\$`])/g, '$1');
        at = word.lastIndex;
      }
      const read = /^(?:\s+#.*|\s*)$/.test(text.slice(at)) ? value : null;
      expect([text, read]).toEqual([text, readWord(text)]);
    }
  });
});
