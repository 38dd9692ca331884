import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Machine } from './machine.ts';
import type { ShellName } from './shells.ts';

/** Command lines of the processes above us, nearest first. */
export type Ancestry = readonly (readonly string[])[];

const PROGRAMS: Readonly<Record<string, ShellName>> = {
  bash: 'bash',
  zsh: 'zsh',
  fish: 'fish',
  pwsh: 'powershell',
  powershell: 'powershell',
  nu: 'nushell',
};

function shellOf(program: string): ShellName | null {
  const name = program
    .replace(/^-/, '')
    .replace(/^.*[\\/]/, '')
    .replace(/\.exe$/i, '')
    .toLowerCase();
  return Object.hasOwn(PROGRAMS, name) ? (PROGRAMS[name] ?? null) : null;
}

/** Somebody types into it: it was given neither a command nor a script. */
function isTypedInto([program = '', ...args]: readonly string[]): boolean {
  if (program.startsWith('-')) return true;
  return args.every((arg) => arg.startsWith('-') && !/^-[a-zA-Z]*c$/.test(arg) && !/^--?(?:command|file)$/i.test(arg));
}

/**
 * The shells to set up: the one that somebody is typing into (found among the processes above us), and the login
 * shell. Neither known: what the platform gives its users.
 */
export function shellsInUse(ancestry: Ancestry, machine: Pick<Machine, 'env' | 'platform'>): ShellName[] {
  const running = ancestry.find((line) => shellOf(line[0] ?? '') !== null && isTypedInto(line));
  const found = [running?.[0], machine.env.SHELL].flatMap((program) => (program ? (shellOf(program) ?? []) : []));
  if (found.length > 0) return [...new Set(found)];
  if (machine.platform === 'win32') return ['powershell'];
  return [machine.platform === 'darwin' ? 'zsh' : 'bash'];
}

async function linuxAncestry(pid: number): Promise<string[][]> {
  const lines: string[][] = [];
  for (let at = pid; at > 1 && lines.length < 16;) {
    try {
      const command = await readFile(`/proc/${at}/cmdline`, 'utf8');
      const stat = await readFile(`/proc/${at}/stat`, 'utf8');
      lines.push(command.replace(/\0$/, '').split('\0'));
      // The name, in brackets, may hold anything; the parent is the second word after it.
      at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    } catch {
      break;
    }
  }
  return lines;
}

/** Output of a program, null where it is missing, fails or takes longer than 3 s. */
export function outputOf(
  program: string,
  args: readonly string[],
  machine: Pick<Machine, 'env' | 'cwd'>,
): Promise<string | null> {
  const options = { env: { ...machine.env }, cwd: machine.cwd, timeout: 3000, windowsHide: true };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout) => {
      resolve(error ? null : stdout);
    });
  });
}

/** From `ps -axo pid=,ppid=,command=`: the words of a command are not told apart exactly, which will do. */
export function ancestryFrom(ps: string, pid: number): string[][] {
  const processes = new Map(
    ps.split('\n').flatMap((line) => {
      const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
      return match
        ? [[Number(match[1]), { parent: Number(match[2]), words: (match[3] ?? '').split(' ') }] as const]
        : [];
    }),
  );
  const lines: string[][] = [];
  for (let found = processes.get(pid); found && lines.length < 16; found = processes.get(found.parent))
    lines.push(found.words);
  return lines;
}

export async function readAncestry(machine: Machine): Promise<Ancestry> {
  if (machine.platform === 'linux') return await linuxAncestry(machine.parentPid);
  if (machine.platform === 'win32') return [];
  return ancestryFrom((await outputOf('ps', ['-axo', 'pid=,ppid=,command='], machine)) ?? '', machine.parentPid);
}
