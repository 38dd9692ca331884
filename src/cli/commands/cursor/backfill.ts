import type { CycleResult, CycleWorld } from '../../../assistants/cursor/sync/cycle.ts';
import { planAsked } from '../../../assistants/cursor/sync/plan.ts';
import { StateFile } from '../../../assistants/cursor/sync/state-file.ts';
import type { OutgoingRecord } from '../../../otlp/encode-request.ts';
import { formatUsd } from '../../../usage/money.ts';
import type { Context } from '../../context.ts';
import { print, printJson } from '../../output.ts';
import { pairs } from '../../style.ts';
import type { CommonOptions } from '../../table.ts';
import { cycleJson, cycleLine, progressOf } from './report.ts';
import type { StateStore } from './session.ts';
import { SyncSession, syncFolder, withSession } from './session.ts';
import { readSettings } from './settings.ts';
import type { Range } from './sync.ts';
import { rangeOf } from './sync.ts';

export interface BackfillOptions extends CommonOptions {
  dryRun?: boolean;
  since: string;
  to?: string;
  batchSize: number;
  insecure?: boolean;
}

/** Imports what lies before the first sync. Shares all of it: lock, state, hours, delivery. */
export async function run(options: BackfillOptions, context: Context): Promise<void> {
  const range = rangeOf(options.since, options.to, context.now(), '--since');
  if (!range) return;
  const settings = await readSettings(options, context);
  if (options.dryRun) {
    const sample = new Sample();
    const session = await SyncSession.start(settings, context, readOnly(context), {
      batchSize: options.batchSize,
      send: sample.take,
    });
    const result = await runCycle(session, range, context);
    reportDryRun(result, sample, options, context);
    if (result.error) throw result.error;
    return;
  }
  const progress = progressOf(options, context);
  await withSession(
    settings,
    context,
    { batchSize: options.batchSize, onWindow: progress },
    async (session, within) => {
      const result = await runCycle(session, range, within);
      if (options.json) printJson(context, { dryRun: false, ...cycleJson(result) });
      else print(context, cycleLine(result, context.now()));
      if (result.error) throw result.error;
    },
  );
}

async function runCycle(session: SyncSession, range: Range, context: Context): Promise<CycleResult> {
  const result = await session.cycle((state, endMs, nowMs) => planAsked(state, range, endMs, nowMs));
  context.signal.throwIfAborted();
  return result;
}

/** A dry run may look while a sync is at work, and leaves everything as it is. */
function readOnly(context: Context): StateStore {
  const file = new StateFile(syncFolder(context));
  return { read: async () => ({ state: (await file.inspect()).state, said: null }), write: async () => undefined };
}

interface Group {
  rows: number;
  tokens: number;
  reportedMicros: number;
  billedMicros: number;
}

/** Takes what would be sent, and remembers its sums. */
class Sample {
  readonly days = new Map<string, Group>();
  readonly models = new Map<string, Group>();
  readonly total: Group = { rows: 0, tokens: 0, reportedMicros: 0, billedMicros: 0 };
  readonly first: OutgoingRecord[] = [];

  readonly take: CycleWorld['send'] = async (records) => {
    for (const record of records) {
      if (this.first.length < 3) this.first.push(record);
      if (record.eventName !== 'cursor_ide.api_response') continue;
      const groups = [
        this.total,
        groupOf(this.days, new Date(record.atMs).toISOString().slice(0, 10)),
        groupOf(this.models, String(record.attributes.model ?? '–')),
      ];
      for (const group of groups) add(group, record);
    }
    return { processedEvents: null, rejected: { count: 0, message: '' } };
  };
}

function groupOf(groups: Map<string, Group>, name: string): Group {
  const group = groups.get(name) ?? { rows: 0, tokens: 0, reportedMicros: 0, billedMicros: 0 };
  groups.set(name, group);
  return group;
}

const TOKENS = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_creation_tokens'] as const;

function add(group: Group, { attributes }: OutgoingRecord): void {
  group.rows += 1;
  for (const name of TOKENS) group.tokens += Number(attributes[name] ?? 0);
  group.reportedMicros += Number(attributes['revenium.reported_micros'] ?? 0);
  group.billedMicros += Number(attributes['revenium.billed_micros'] ?? 0);
}

function reportDryRun(result: CycleResult, sample: Sample, options: BackfillOptions, context: Context): void {
  if (options.json) {
    const days = Object.fromEntries([...sample.days].sort());
    printJson(context, {
      dryRun: true,
      ...cycleJson(result),
      sent: 0,
      wouldSend: sample.total.rows,
      ...sample.total,
      days,
      models: Object.fromEntries(sample.models),
      ...(options.verbose && { sample: sample.first }),
    });
    return;
  }
  const line = ({ rows, tokens, reportedMicros, billedMicros }: Group): string =>
    `${rows} rows, ${tokens} tokens, worth ${formatUsd(reportedMicros)}, charged ${formatUsd(billedMicros)}`;
  const rows = (groups: Map<string, Group>): [string, string][] =>
    [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, group]) => [name, line(group)]);
  const { outcome } = result;
  print(context, `${outcome.fetched} rows read: ${outcome.new} new, ${outcome.amended} amended`);
  for (const text of pairs([...rows(sample.days), ...rows(sample.models), ['would be sent', line(sample.total)]]))
    print(context, text);
  if (options.verbose) for (const record of sample.first) print(context, JSON.stringify(record));
  print(context, 'Nothing was sent: this was a dry run.');
}
