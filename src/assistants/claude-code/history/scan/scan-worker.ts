import { parentPort, workerData } from 'node:worker_threads';
import { CallTable } from './call-table.ts';
import { FileQueue } from './file-queue.ts';
import { BYTES_PER_CALL, scanQueue } from './scan-batch.ts';
import type { WorkerAnswer, WorkerOrder } from './scan-threads.ts';
import { StringStore } from './string-store.ts';

// The only one that starts this file is `scan-threads.ts`, with such an order.
const { files, queue, share } = workerData as WorkerOrder;

const reading = scanQueue(files, new FileQueue(files.length, queue), {
  table: new CallTable(Math.ceil(share / BYTES_PER_CALL)),
  strings: new StringStore(),
});
let step = reading.next();
while (!step.done) step = reading.next();
const { table, strings, scans, problems } = step.value;
const { counts, marks } = table.used();
const answer: WorkerAnswer = {
  counts: counts.slice(),
  marks: marks.slice(),
  names: strings.names,
  ids: strings.ids.slice(),
  scans,
  problems,
};
parentPort?.postMessage(answer, [answer.counts.buffer, answer.marks.buffer, answer.ids.buffer as ArrayBuffer]);
