import { availableParallelism } from 'node:os';
import { crc32 } from 'node:zlib';
import type { ClaudeAssistant } from '../../../assistants/claude-code/call.ts';
import { SKIP_REASONS } from '../../../assistants/claude-code/history/answer-line.ts';
import type { Span } from '../../../assistants/claude-code/history/counted-calls.ts';
import { countRows, isWithin, rowsWithin } from '../../../assistants/claude-code/history/counted-calls.ts';
import type { ClaudeHistory } from '../../../assistants/claude-code/history/history.ts';
import { readClaudeHistory } from '../../../assistants/claude-code/history/history.ts';
import { outgoingOf, projectOf } from '../../../assistants/claude-code/history/outgoing.ts';
import type { PromptWork } from '../../../assistants/claude-code/history/prompt-work.ts';
import { promptsOfCalls } from '../../../assistants/claude-code/history/prompts-of-calls.ts';
import { recordAt } from '../../../assistants/claude-code/history/scan/call-rows.ts';
import * as c from '../../../assistants/claude-code/history/scan/call-table.ts';
import { Fingerprints } from '../../../assistants/claude-code/history/scan/fingerprints.ts';
import { builtWorker } from '../../../assistants/claude-code/history/scan/scan-threads.ts';
import { workflowRecord } from '../../../assistants/claude-code/prompt-workflow.ts';
import { claudeResource } from '../../../assistants/claude-code/record.ts';
import { claudeCodeSetup } from '../../../assistants/claude-code/setup.ts';
import type { Outgoing } from '../../../otlp/encode-request.ts';
import { eventId } from '../../../usage/identity.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import type { HistorySource } from '../backfill/found-history.ts';
import type { DeliverySettings } from '../backfill/settings.ts';
import type { Item, Shipment, Stretch } from '../backfill/shipment.ts';

const MOST_THREADS = 4;
const ASSISTANTS: readonly ClaudeAssistant[] = ['claude-code', 'claude-cowork'];

/** The history of Claude Code, and of Cowork, which writes the same. */
export const claudeHistory: HistorySource = {
  assistant: claudeCodeSetup,
  reasons: SKIP_REASONS,
  read: async (span, stateFolder, onProgress, context) => {
    const history = await readHistory(span.sinceMs, stateFolder, onProgress, context);
    const rows = rowsWithin(history.calls, span);
    return {
      ...history,
      summarize: (summary) => countRows(history.calls, rows, (call, project) => summary.add(call, project)),
      shipments: (settings, includeProject) => shipmentsOf(history, rows, settings, { span, includeProject, context }),
    };
  },
};

/** Reads it, and says what could not be read. */
export async function readHistory(
  sinceMs: number | null,
  stateFolder: string,
  onProgress: (doneBytes: number) => void,
  context: Context,
): Promise<ClaudeHistory> {
  const history = await readClaudeHistory({
    machine: context,
    stateFolder,
    sinceMs,
    threads: { count: Math.min(MOST_THREADS, availableParallelism()), worker: builtWorker() },
    turns: { signal: context.signal, onProgress },
  });
  for (const problem of history.problems) notice(context, `not read: ${problem}`);
  return history;
}

/** What a run asks for. */
interface Asked {
  span: Span;
  includeProject: boolean;
  context: Context;
}

function shipmentsOf(
  history: ClaudeHistory,
  rows: readonly number[],
  settings: DeliverySettings,
  asked: Asked,
): Shipment[] {
  const { calls } = history;
  const { table } = calls;
  const { includeProject } = asked;
  const oldestFirst = Int32Array.from(rows).sort((a, b) => table.count(a, c.AT) - table.count(b, c.AT) || a - b);
  return ASSISTANTS.map((assistant, number) => {
    const resource = claudeResource({ ...settings, assistant });
    const prints = new Fingerprints(calls, JSON.stringify([resource, includeProject]));
    const items: Item[] = [];
    for (const row of oldestFirst) {
      if (table.mark(row, c.ASSISTANT) !== number) continue;
      const record = () => outgoingOf(recordAt(table, calls.strings, row), { includeProject });
      items.push({ key: prints.key(row), fingerprint: prints.of(row), record, row });
    }
    return { resource, items, stretches: (pending) => stretchesOf(history, pending, resource, asked) };
  });
}

/** So many calls, prompts or bytes read go together at least, so that a request is not made for each session. */
const TOGETHER = { calls: 2000, labels: 1000, bytes: 64e6 };

/** Looks into the sessions of these calls once more: whose prompts the calls are, and what the prompts were about. */
async function* stretchesOf(
  history: ClaudeHistory,
  pending: readonly Item[],
  resource: Outgoing,
  { span, includeProject, context }: Asked,
): AsyncGenerator<Stretch> {
  if (pending.length === 0) return;
  const { table, strings } = history.calls;
  const places = new Int32Array(table.rows);
  for (const [place, { row }] of pending.entries()) if (row !== undefined) places[row] = place;
  const onProblem = (error: unknown): void =>
    notice(context, `not read again: ${(error as Error).message} (its calls go without their prompts)`);
  const withPrompt = (item: Item, promptId: string | null): Item => {
    const { key, fingerprint, row } = item;
    if (promptId === null || row === undefined) return item;
    const record = () => outgoingOf(recordAt(table, strings, row), { includeProject, promptId });
    return { key, fingerprint, row, record };
  };
  let items: Item[] = [];
  let labels: Item[] = [];
  let read = 0;
  for await (const { rows, promptOf, work, bytes } of promptsOfCalls(history, rowsOf(pending), onProblem)) {
    context.signal.throwIfAborted();
    for (const row of rows) {
      const item = pending[places[row] ?? 0];
      if (item) items.push(withPrompt(item, promptOf(row)));
    }
    for (const prompt of work)
      if (isWithin(prompt.atMs, span)) labels.push(labelItem(prompt, resource, includeProject));
    read += bytes;
    if (items.length < TOGETHER.calls && labels.length < TOGETHER.labels && read < TOGETHER.bytes) continue;
    yield { items, labels };
    [items, labels, read] = [[], [], 0];
  }
  if (items.length > 0) yield { items, labels };
}

function* rowsOf(items: readonly Item[]): Generator<number> {
  for (const { row } of items) if (row !== undefined) yield row;
}

function labelItem(prompt: PromptWork, resource: Outgoing, includeProject: boolean): Item {
  const project = includeProject ? projectOf(prompt.cwd) : null;
  const record = workflowRecord(prompt, { version: prompt.version, project });
  const id = eventId(['claude-workflow-of', prompt.sessionId, prompt.promptId]);
  return {
    key: parseInt(id.slice(0, 13), 16),
    fingerprint: crc32(JSON.stringify([record, resource])),
    record: () => record,
  };
}
