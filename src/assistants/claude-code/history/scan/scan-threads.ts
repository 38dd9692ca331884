import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SessionFile } from '../session-files.ts';
import { CallTable } from './call-table.ts';
import type { FileScan } from './file-scanner.ts';
import { FileQueue } from './file-queue.ts';
import type { FileRows } from './gather.ts';
import type { Batch } from './scan-batch.ts';
import { BYTES_PER_CALL, scanQueue } from './scan-batch.ts';
import { StringStore } from './string-store.ts';

export interface WorkerOrder {
  files: readonly SessionFile[];
  queue: SharedArrayBuffer;
  /** Bytes that each thread will about read. */
  share: number;
}

export interface WorkerAnswer extends Pick<Batch, 'scans' | 'problems'> {
  counts: Float64Array<ArrayBuffer>;
  marks: Int32Array<ArrayBuffer>;
  names: readonly string[];
  ids: Uint8Array;
}

/** A file's rows, just read. */
export type ScannedRows = FileRows & { scan: FileScan };

export interface Threads {
  /** This one included. */
  count: number;
  /** The built worker; null: everything in this thread. */
  worker: string | null;
  /** So much has to be there for each thread; by default what makes starting one worth it. */
  bytesEach?: number;
}

export interface Turns {
  /** Its reason is thrown when it is aborted. */
  signal: AbortSignal;
  onProgress?: ((doneBytes: number) => void) | undefined;
}

/** Below this, starting a thread and compiling the same code in it costs more than it saves. */
const WORTH_A_THREAD = 256 << 20;
/** How long this thread reads before it looks at signals and shows progress. */
const TURN_MS = 50;

/** The worker beside the built program; null where the program runs from its sources. */
export function builtWorker(): string | null {
  const places = ['./scan-worker.js', '../scan-worker.js'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  return places.find((place) => existsSync(place)) ?? null;
}

/** Reads whole files, in this thread, whose strings go into `strings`, and in others beside it. */
export async function scanFiles(
  files: readonly SessionFile[],
  strings: StringStore,
  { count, worker, bytesEach = WORTH_A_THREAD }: Threads,
  turns: Turns,
): Promise<{ rows: ScannedRows[]; problems: Batch['problems'] }> {
  const largestFirst = [...files].sort((a, b) => b.size - a.size);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const threads = worker === null ? 1 : Math.max(1, Math.min(count, Math.floor(bytes / bytesEach)));
  const share = bytes / threads;
  const queue = new FileQueue(files.length);
  const order: WorkerOrder = { files: largestFirst, queue: queue.shared, share };
  const workers = Array.from({ length: threads - 1 }, () => runWorker(worker ?? '', order));
  const table = new CallTable(Math.ceil(share / BYTES_PER_CALL));
  try {
    const own = await inTurns(scanQueue(largestFirst, queue, { table, strings }), queue, turns);
    const batches = [own, ...(await Promise.all(workers))];
    return {
      rows: batches.flatMap((batch) => rowsOf(batch, largestFirst)),
      problems: batches.flatMap(({ problems }) => problems),
    };
  } catch (error) {
    queue.stop();
    await Promise.allSettled(workers);
    throw error;
  }
}

async function inTurns(
  reading: Generator<void, Batch>,
  queue: FileQueue,
  { signal, onProgress }: Turns,
): Promise<Batch> {
  // Short ones can be stopped too: the first file ends the first turn.
  let turn = -Infinity;
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
    if (performance.now() - turn < TURN_MS) continue;
    onProgress?.(queue.doneBytes);
    await nextTurn();
    signal.throwIfAborted();
    turn = performance.now();
  }
}

async function runWorker(file: string, order: WorkerOrder): Promise<Batch> {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(file, { workerData: order });
  const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a reading thread ended early (${code})`)));
  });
  const { counts, marks, names, ids, scans, problems } = answer;
  return { table: CallTable.of(counts, marks), strings: new StringStore(names, ids), scans, problems };
}

function rowsOf({ scans, table, strings }: Batch, files: readonly SessionFile[]): ScannedRows[] {
  return scans.flatMap(({ file: number, scan }) => {
    const file = files[number];
    return file ? [{ file, scan, table, strings }] : [];
  });
}
