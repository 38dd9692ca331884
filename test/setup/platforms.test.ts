import { describe, expect, it } from 'vitest';
import { SETUPS } from '../../src/assistants/setups.ts';
import type { Found } from '../../src/setup/found.ts';
import type { Machine } from '../../src/setup/machine.ts';
import { pathsOf, shortPath, stateFolder } from '../../src/setup/machine.ts';
import { manifestPath } from '../../src/setup/manifest.ts';
import type { ProbedFacts } from '../../src/setup/places.ts';
import { planSetup } from '../../src/setup/plan-setup.ts';
import { ANSWERS, assistantNamed, shellsNamed } from './home.ts';

/** What setup would write on machines that the tests do not run on: fixed as golden files. */

const EMPTY: Found = {
  files: new Map(),
  missingFolders: new Set(),
  made: [],
  manifest: { version: 1, assistants: {}, files: [], folders: [] },
};
const MAC: Machine = { env: {}, home: '/Users/ada', cwd: '/', platform: 'darwin', parentPid: 1 };
const WINDOWS: Machine = { ...MAC, home: 'C:\\Users\\Ada', platform: 'win32' };

function planned(machine: Machine, shells: string[], probed: ProbedFacts, settings = false): string {
  const request = {
    assistant: assistantNamed('claude-code'),
    answers: ANSWERS,
    shells: shellsNamed(...shells),
    byHand: [],
    settings,
    leaveProfiles: false,
  };
  const { edits } = planSetup(request, EMPTY, machine, probed, SETUPS);
  return edits
    .filter(({ path }) => path !== manifestPath(machine))
    .map(({ path, after, mode }) => {
      const text =
        path.endsWith('revenium.ps1') || path.endsWith('revenium.fish')
          ? '(see its own golden file)\n'
          : (after?.toString() ?? '');
      return `==> ${path} ${mode === null ? '' : mode.toString(8)}\n${text.replaceAll('\r\n', '\\r\n')}`;
    })
    .join('\n');
}

describe('the plan', () => {
  it('for macOS', async () => {
    const probed = { zshFolder: '/Users/ada', documents: null };
    await expect(planned(MAC, ['zsh', 'bash', 'fish'], probed)).toMatchFileSnapshot('golden/macos.txt');
  });

  it('for Windows', async () => {
    const probed = { zshFolder: null, documents: 'C:\\Users\\Ada\\OneDrive\\Documents' };
    await expect(planned(WINDOWS, ['powershell'], probed, true)).toMatchFileSnapshot('golden/windows.txt');
  });
});

describe('the folder of what setup remembers', () => {
  it.each([
    [MAC, '/Users/ada/.local/state/revenium'],
    [{ ...MAC, env: { XDG_STATE_HOME: '/state' } }, '/state/revenium'],
    [{ ...MAC, env: { XDG_STATE_HOME: 'relative' } }, '/Users/ada/.local/state/revenium'],
    [WINDOWS, 'C:\\Users\\Ada\\AppData\\Local\\revenium'],
    [{ ...WINDOWS, env: { LOCALAPPDATA: 'D:\\Local' } }, 'D:\\Local\\revenium'],
  ])('%#', (machine, folder) => {
    expect(stateFolder(machine)).toBe(folder);
  });

  it('and every path, are written as the machine writes them', () => {
    expect(pathsOf(WINDOWS).sep).toBe('\\');
    expect(shortPath(WINDOWS, 'C:\\Users\\Ada\\.claude\\revenium.env')).toBe('~\\.claude\\revenium.env');
    expect(shortPath(MAC, '/Users/adam/x')).toBe('/Users/adam/x');
  });
});
