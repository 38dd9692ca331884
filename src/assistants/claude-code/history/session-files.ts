import { readdirSync, realpathSync, statSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import path from 'node:path';
import type { Assistant } from '../../../usage/event.ts';
import type { HistoryRoot } from './history-roots.ts';

export interface SessionFile {
  /** With all links resolved, so that one file has one path. */
  path: string;
  assistant: Extract<Assistant, 'claude-code' | 'claude-cowork'>;
  device: number;
  inode: number;
  size: number;
  /** Milliseconds UTC. */
  modifiedMs: number;
  changedMs: number;
  /** When the file came to be, as far as the file system knows. */
  bornMs: number;
}

export interface Discovery {
  /** Oldest first. */
  files: SessionFile[];
  /** What could not be looked into. */
  problems: { path: string; message: string }[];
}

const problemOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
};

const describe = (file: string, assistant: HistoryRoot['assistant'], stats: Stats): SessionFile => ({
  path: file,
  assistant,
  device: stats.dev,
  inode: stats.ino,
  size: stats.size,
  modifiedMs: stats.mtimeMs,
  changedMs: stats.ctimeMs,
  bornMs: stats.birthtimeMs > 0 ? Math.min(stats.birthtimeMs, stats.mtimeMs) : stats.mtimeMs,
});

const oldestFirst = (a: SessionFile, b: SessionFile): number => a.bornMs - b.bornMs || (a.path < b.path ? -1 : 1);

/**
 * Every session file below the roots: sub-agents' and old flat layouts, through linked folders, each once.
 * Synchronous: thousands of small calls, which promises would make several times slower.
 */
export function findSessionFiles(roots: readonly HistoryRoot[]): Discovery {
  const files: SessionFile[] = [];
  const problems: Discovery['problems'] = [];
  const visited = new Set<string>();

  const attempt = (where: string, act: () => void): void => {
    try {
      act();
    } catch (error) {
      problems.push({ path: where, message: problemOf(error) });
    }
  };
  const enter = (real: string, assistant: HistoryRoot['assistant']): void => {
    if (visited.has(real)) return;
    visited.add(real);
    attempt(real, () => {
      for (const entry of readdirSync(real, { withFileTypes: true })) visit(real, entry, assistant);
    });
  };
  const add = (file: string, assistant: HistoryRoot['assistant']): void => {
    attempt(file, () => files.push(describe(file, assistant, statSync(file))));
  };
  const follow = (link: string, assistant: HistoryRoot['assistant']): void => {
    attempt(link, () => {
      const real = realpathSync(link);
      const stats = statSync(real);
      if (stats.isDirectory()) enter(real, assistant);
      else if (stats.isFile() && link.endsWith('.jsonl')) files.push(describe(real, assistant, stats));
    });
  };
  const visit = (directory: string, entry: Dirent, assistant: HistoryRoot['assistant']): void => {
    // Not `path.join`, which would look at every part of the way again.
    const at = directory.endsWith(path.sep) ? directory + entry.name : directory + path.sep + entry.name;
    if (entry.isDirectory()) enter(at, assistant);
    else if (entry.isSymbolicLink()) follow(at, assistant);
    else if (entry.isFile() && entry.name.endsWith('.jsonl')) add(at, assistant);
  };

  for (const { directory, assistant } of roots) attempt(directory, () => enter(realpathSync(directory), assistant));
  // A linked file may also have been met at its own place.
  const byPath = new Map(files.map((file) => [file.path, file]));
  return { files: [...byPath.values()].sort(oldestFirst), problems };
}
