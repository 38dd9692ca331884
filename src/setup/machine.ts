import { posix, win32 } from 'node:path';
import type { PlatformPath } from 'node:path';

/** What setup has to know of the machine and of who runs it. A command's context is one. */
export interface Machine {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  cwd: string;
  platform: NodeJS.Platform;
  /** The process that started us. */
  parentPid: number;
}

/** Paths as the machine writes them, so that Windows can be planned for (and tested) anywhere. */
export const pathsOf = ({ platform }: Pick<Machine, 'platform'>): PlatformPath =>
  platform === 'win32' ? win32 : posix;

/** An environment variable that must hold an absolute path; anything else is no answer (as XDG asks). */
export function folderFrom(machine: Pick<Machine, 'env' | 'platform'>, name: string): string | null {
  const value = machine.env[name];
  return value && pathsOf(machine).isAbsolute(value) ? value : null;
}

/** The folder of what setup remembers. */
export function stateFolder(machine: Machine): string {
  const paths = pathsOf(machine);
  const windows = machine.platform === 'win32';
  const base = folderFrom(machine, windows ? 'LOCALAPPDATA' : 'XDG_STATE_HOME');
  return paths.join(
    base ?? paths.join(machine.home, ...(windows ? ['AppData', 'Local'] : ['.local', 'state'])),
    'revenium',
  );
}

/** `~/.zshrc` rather than `/home/ada/.zshrc`, for people. */
export function shortPath(machine: Pick<Machine, 'home' | 'platform'>, path: string): string {
  const { sep } = pathsOf(machine);
  return path.startsWith(machine.home + sep) ? `~${path.slice(machine.home.length)}` : path;
}
