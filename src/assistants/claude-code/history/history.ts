import { createHash } from 'node:crypto';
import path from 'node:path';
import { replaceFile } from '../../../delivery/replace-file.ts';
import { DAY_MS } from '../../../usage/days.ts';
import type { SkipReason } from './answer-line.ts';
import type { Machine } from './history-roots.ts';
import { historyRoots } from './history-roots.ts';
import type { ScanMemory } from './scan/scan-memory.ts';
import { encodeMemory, readMemory } from './scan/scan-memory.ts';
import type { HistoryScan } from './scan/scan.ts';
import { scanHistory } from './scan/scan.ts';
import type { Threads, Turns } from './scan/scan-threads.ts';
import { skipTotals } from './scan/skip-counts.ts';
import type { SessionFile } from './session-files.ts';
import { findSessionFiles } from './session-files.ts';

export interface HistoryOptions {
  machine: Machine;
  /** Where what was read is remembered. */
  stateFolder: string;
  /** Calls before are of no interest: files that end before are not opened. */
  sinceMs: number | null;
  threads: Threads;
  turns: Turns;
}

export interface ClaudeHistory {
  calls: HistoryScan['calls'];
  /** Oldest first. */
  sessionFiles: HistoryScan['files'];
  files: number;
  /** What the files hold, and what of it had to be read now. */
  bytes: number;
  read: number;
  skipped: Partial<Record<SkipReason, number>>;
  /** What could not be looked into, and what could not be remembered. */
  problems: string[];
  /** Files and folders that are there and could not be read: what they hold is missing. */
  unread: number;
}

/** Files are dated by the clock of this machine, their lines by that of the day; the margin covers a wrong one. */
const CLOCK_MARGIN_MS = DAY_MS;

const isOf = (file: SessionFile, sinceMs: number | null): boolean =>
  sinceMs === null || file.modifiedMs >= sinceMs - CLOCK_MARGIN_MS;

/** All that Claude Code and Cowork have written down on this machine. */
export async function readClaudeHistory(options: HistoryOptions): Promise<ClaudeHistory> {
  const { machine, stateFolder, sinceMs, threads, turns } = options;
  const { roots, missing } = historyRoots(machine);
  const found = findSessionFiles(roots);
  // Cowork has a root for each session: named by those too, every new session would start another memory.
  const places = roots.filter(({ assistant }) => assistant === 'claude-code').map(({ directory }) => directory);
  const place = path.join(stateFolder, `history-${nameOf(places)}.bin`);
  const memory = readMemory(place);
  const known = new Set(memory?.files.map((file) => file.path));
  const files = found.files.filter((file) => known.has(file.path) || isOf(file, sinceMs));
  const scan = await scanHistory(files, memory, threads, turns);
  const unreadable = [...found.problems, ...scan.problems];
  const problems = [
    ...missing.map((folder) => `${folder}: no projects in it (CLAUDE_CONFIG_DIR)`),
    ...unreadable.map(({ path: where, message }) => `${where}: ${message}`),
    ...(scan.memory ? remember(place, scan.memory) : []),
  ];
  const bytes = scan.files.reduce((sum, { size }) => sum + size, 0);
  const { calls, read } = scan;
  return {
    calls,
    sessionFiles: scan.files,
    files: scan.files.length,
    bytes,
    read,
    skipped: skipTotals(scan.files),
    problems,
    unread: unreadable.filter(({ message }) => !GONE.includes(message)).length,
  };
}

/** Deleted since it was found, and links that lead nowhere: nothing is missing. */
const GONE: readonly string[] = ['ENOENT', 'ELOOP'];

const nameOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);

/** Not to be able to only means that the next run reads everything again. */
function remember(file: string, memory: ScanMemory): string[] {
  try {
    replaceFile(file, encodeMemory(memory));
    return [];
  } catch (error) {
    return [`${file}: ${(error as Error).message}`];
  }
}
