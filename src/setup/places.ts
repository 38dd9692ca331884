import type { AssistantSetup } from './assistant-setup.ts';
import type { Found } from './found.ts';
import type { Machine } from './machine.ts';
import { pathsOf } from './machine.ts';
import { manifestPath } from './manifest.ts';
import type { Shell, ShellFacts } from './shells.ts';
import { SHELLS } from './shells.ts';

/** Where setup's files are. */

export const envPath = (assistant: AssistantSetup, machine: Machine): string =>
  pathsOf(machine).join(assistant.folder(machine), 'revenium.env');

/** What the shell sources for this assistant: `revenium.env` itself, or the shell's twin of it. */
export const sourcePath = (assistant: AssistantSetup, shell: Shell, machine: Machine): string =>
  pathsOf(machine).join(assistant.folder(machine), shell.twin ?? 'revenium.env');

/** Facts that only programs can tell; the rest is read off the files. */
export type ProbedFacts = Omit<ShellFacts, 'exists'>;

export const factsFrom = (found: Found, probed: ProbedFacts): ShellFacts => ({
  ...probed,
  // A file in trouble (a folder in its place, say) is there too.
  exists: (path) => {
    const file = found.files.get(path);
    return file !== undefined && (file.bytes !== null || file.trouble !== null);
  },
});

/** Every file that planning may have to know, whichever way it goes. */
export function placesToLook(all: readonly AssistantSetup[], machine: Machine, probed: ProbedFacts): string[] {
  const join = (...parts: string[]): string => pathsOf(machine).join(...parts);
  const own = all.flatMap((assistant) => [
    envPath(assistant, machine),
    ...SHELLS.flatMap(({ twin }) => (twin && assistant.profileTag ? [join(assistant.folder(machine), twin)] : [])),
    ...(assistant.settingsFile ? [assistant.settingsFile(machine)] : []),
  ]);
  const login = ['.bash_profile', '.bash_login', '.profile'].map((name) => join(machine.home, name));
  const profiles = SHELLS.flatMap((shell) => shell.profiles(machine, { ...probed, exists: () => true }));
  return [...new Set([manifestPath(machine), ...own, ...login, ...profiles])];
}
