import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ancestryFrom, readAncestry, shellsInUse } from '../../src/setup/shell-detection.ts';
import { findProgram } from '../support/programs.ts';

const ada = (SHELL?: string, platform: NodeJS.Platform = 'linux') => ({ env: SHELL ? { SHELL } : {}, platform });
const NODE = ['node', '/usr/bin/revenium-metering', 'setup'];

describe('the shells in use', () => {
  it.each<[string, string[][], string | undefined, string[]]>([
    ['one that is typed into', [NODE, ['-zsh']], '/bin/zsh', ['zsh']],
    ['another than the login shell: both', [NODE, ['fish']], '/bin/bash', ['fish', 'bash']],
    ['with flags', [['/bin/bash', '--login', '-i']], '/bin/bash', ['bash']],
    [
      'npx goes through sh',
      [NODE, ['sh', '-c', 'revenium-metering setup'], ['npm exec'], ['/opt/homebrew/bin/fish', '-l']],
      '/bin/zsh',
      ['fish', 'zsh'],
    ],
    ['a script is nobody typing', [NODE, ['bash', '/opt/install.sh'], ['zsh']], '/bin/zsh', ['zsh']],
    ['a command is nobody typing', [NODE, ['bash', '-lc', 'revenium-metering setup']], '/usr/bin/fish', ['fish']],
    ['only $SHELL', [], '/usr/bin/zsh', ['zsh']],
    ['nushell', [NODE, ['/usr/bin/nu']], undefined, ['nushell']],
    ['PowerShell', [NODE, ['pwsh', '-NoLogo']], undefined, ['powershell']],
    ['a shell we do not know', [NODE, ['-ksh']], '/bin/ksh', ['bash']],
    ['nothing at all', [], undefined, ['bash']],
  ])('%s', (_, ancestry, shell, expected) => {
    expect(shellsInUse(ancestry, ada(shell))).toEqual(expected);
  });

  it('are what the platform gives its users, where nothing is known', () => {
    expect(shellsInUse([], ada(undefined, 'darwin'))).toEqual(['zsh']);
    expect(shellsInUse([], ada(undefined, 'win32'))).toEqual(['powershell']);
  });
});

describe('the processes above us', () => {
  it('are read off ps', () => {
    const ps = '    1     0 /sbin/launchd\n  501     1 login -pf ada\n  502   501 -zsh\n  700   502 node setup\n';
    expect(ancestryFrom(ps, 700)).toEqual([['node', 'setup'], ['-zsh'], ['login', '-pf', 'ada'], ['/sbin/launchd']]);
    expect(ancestryFrom('', 700)).toEqual([]);
    expect(ancestryFrom('  5  6 a\n  6  5 b\n', 5).length).toBeLessThan(20);
  });

  it.runIf(process.platform === 'linux')('are found while they run', async () => {
    const bash = findProgram('bash') ?? 'bash';
    const child = spawn(bash, ['--norc', '-i'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const machine = { env: {}, home: '/', cwd: '/', platform: 'linux' as const, parentPid: child.pid ?? 0 };
    const ancestry = await readAncestry(machine);
    child.stdin.end();
    expect(ancestry[0]).toEqual([bash, '--norc', '-i']);
    expect(shellsInUse(ancestry, { env: {}, platform: 'linux' })).toEqual(['bash']);
  });
});
