import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Sums {
  records: number;
  input: number;
  output: number;
  cacheCreate: number;
  cacheRead: number;
}

export interface Truth extends Sums {
  files: number;
  bytes: number;
  lines: number;
  usageLines: number;
  cacheCreate1h: number;
  /** Files that end in a half-written line. */
  malformed: number;
  synthetic: number;
  byModel: Record<string, Sums>;
  byDay: Record<string, Sums>;
}

/** A made-up history of Claude Code, the same for the same seed, and what is truly in it. */
export function makeCorpus(directory: string, size: string, seed: number): { projects: string; truth: Truth } {
  const generator = path.join(import.meta.dirname, 'corpus.mjs');
  execFileSync(process.execPath, [generator, '--out', directory, '--size', size, '--seed', String(seed)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const truth = JSON.parse(readFileSync(path.join(directory, 'truth.json'), 'utf8')) as Truth;
  return { projects: path.join(directory, 'projects'), truth };
}
