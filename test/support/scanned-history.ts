import { buildSync } from 'esbuild';
import path from 'node:path';
import type { CallRecord } from '../../src/assistants/claude-code/history/call-record.ts';
import { recordAt } from '../../src/assistants/claude-code/history/scan/call-rows.ts';
import { isCall } from '../../src/assistants/claude-code/history/scan/join-calls.ts';
import type { ScanMemory } from '../../src/assistants/claude-code/history/scan/scan-memory.ts';
import { decodeMemory, encodeMemory } from '../../src/assistants/claude-code/history/scan/scan-memory.ts';
import type { HistoryScan } from '../../src/assistants/claude-code/history/scan/scan.ts';
import type { Threads } from '../../src/assistants/claude-code/history/scan/scan-threads.ts';
import { scanHistory } from '../../src/assistants/claude-code/history/scan/scan.ts';
import { skipTotals } from '../../src/assistants/claude-code/history/scan/skip-counts.ts';
import { findSessionFiles } from '../../src/assistants/claude-code/history/session-files.ts';
import type { History } from './session-history.ts';

export interface ScannedHistory extends History {
  scan: HistoryScan;
  memory: ScanMemory | null;
}

const turns = { signal: new AbortController().signal };

export function recordsOf({ table, strings }: HistoryScan['calls']): CallRecord[] {
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter((row) => isCall(table, row));
  return rows.map((row) => recordAt(table, strings, row));
}

/** The scan's view of a `projects` folder; a memory goes through its file's form first. */
export async function scannedHistory(
  projects: string,
  memory: ScanMemory | null = null,
  threads: Threads = { count: 1, worker: null },
): Promise<ScannedHistory> {
  const { files } = findSessionFiles([{ directory: projects, assistant: 'claude-code' }]);
  const kept = memory && decodeMemory(encodeMemory(memory));
  const scan = await scanHistory(files, kept, threads, turns);
  const records = recordsOf(scan.calls);
  const skipped = skipTotals(scan.files);
  return {
    records,
    skipped,
    lines: records.reduce((sum, { lines }) => sum + lines, 0),
    scan,
    memory: scan.memory ?? memory,
  };
}

/** The worker as the build makes it, for tests that run from the sources. */
export function buildWorker(directory: string): string {
  const outfile = path.join(directory, 'scan-worker.mjs');
  const entry = path.resolve('src/assistants/claude-code/history/scan/scan-worker.ts');
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return outfile;
}
