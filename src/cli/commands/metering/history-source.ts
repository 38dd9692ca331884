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
import type { JoinedCalls } from '../../../assistants/claude-code/history/scan/join-calls.ts';
import { builtWorker } from '../../../assistants/claude-code/history/scan/scan-threads.ts';
import { workflowRecord } from '../../../assistants/claude-code/prompt-workflow.ts';
import { claudeResource } from '../../../assistants/claude-code/record.ts';
import { claudeCodeSetup } from '../../../assistants/claude-code/setup.ts';
import type { Outgoing } from '../../../otlp/encode-request.ts';
import { eventId } from '../../../usage/identity.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import type { Item, Shipment } from '../backfill/deliver.ts';
import type { HistorySource } from '../backfill/found-history.ts';
import { Progress, formatCount } from '../backfill/progress.ts';
import type { DeliverySettings } from '../backfill/settings.ts';

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
      shipments: (settings, includeProject) => shipmentsOf(history.calls, rows, settings, includeProject),
      labels: (pending, settings, includeProject) =>
        labelsOf(history, pending, span, settings, includeProject, context),
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

function shipmentsOf(
  calls: JoinedCalls,
  rows: readonly number[],
  settings: DeliverySettings,
  includeProject: boolean,
): Shipment[] {
  const { table, strings } = calls;
  const oldestFirst = Int32Array.from(rows).sort((a, b) => table.count(a, c.AT) - table.count(b, c.AT) || a - b);
  return ASSISTANTS.map((assistant, number) => {
    const resource = claudeResource({ ...settings, assistant });
    const prints = new Fingerprints(calls, JSON.stringify([resource, includeProject]));
    const items: Item[] = [];
    for (const row of oldestFirst) {
      if (table.mark(row, c.ASSISTANT) !== number) continue;
      const record = () => outgoingOf(recordAt(table, strings, row), includeProject);
      items.push({ key: prints.key(row), fingerprint: prints.of(row), record, row });
    }
    return { resource, items };
  });
}

/** So many prompts at least go together, so that a request is not made for each session. */
const TOGETHER = 1000;

async function* labelsOf(
  history: ClaudeHistory,
  pending: readonly Shipment[],
  span: Span,
  settings: DeliverySettings,
  includeProject: boolean,
  context: Context,
): AsyncGenerator<Shipment> {
  const waiting = ASSISTANTS.map((assistant) => ({
    ...{ assistant, items: [] as Item[] },
    resource: claudeResource({ ...settings, assistant }),
  }));
  const onProblem = (error: unknown): void => notice(context, `not read: ${(error as Error).message}`);
  const progress = new Progress(context);
  let seen = 0;
  try {
    for await (const { assistant, prompts } of promptsOfCalls(history, rowsOf(pending), onProblem)) {
      context.signal.throwIfAborted();
      seen += prompts.length;
      progress.show(() => `${formatCount(seen)} prompts looked at`);
      const of = waiting.find((one) => one.assistant === assistant);
      if (!of) continue;
      for (const prompt of prompts)
        if (isWithin(prompt.atMs, span)) of.items.push(labelItem(prompt, of.resource, includeProject));
      if (of.items.length < TOGETHER) continue;
      yield { resource: of.resource, items: of.items };
      of.items = [];
    }
  } finally {
    progress.end();
  }
  for (const { resource, items } of waiting) if (items.length > 0) yield { resource, items };
}

function* rowsOf(shipments: readonly Shipment[]): Generator<number> {
  for (const { items } of shipments) for (const { row } of items) if (row !== undefined) yield row;
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
