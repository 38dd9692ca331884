import type { Machine } from './machine.ts';
import { pathsOf } from './machine.ts';
import type { ProbedFacts } from './places.ts';
import { outputOf } from './shell-detection.ts';

/** Asks the machine's own programs what no file tells. */
export async function probe(machine: Machine): Promise<ProbedFacts> {
  if (machine.platform !== 'win32') {
    // ~/.zshenv may set ZDOTDIR without exporting it.
    const answer = await outputOf('zsh', ['-c', `print -rn -- $'\\0'"\${ZDOTDIR-$HOME}"`], machine);
    // What ~/.zshenv itself prints comes before the zero.
    return { zshFolder: absolute(answer?.split('\0').at(-1) ?? null, machine), documents: null };
  }
  const script = "[Environment]::GetFolderPath('MyDocuments')";
  const answer = await outputOf('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script], machine);
  return { zshFolder: null, documents: absolute(answer?.trim() ?? null, machine) };
}

const absolute = (path: string | null, machine: Machine): string | null =>
  path !== null && pathsOf(machine).isAbsolute(path) && !path.includes('\n') ? path : null;
