import { rowsWithin } from '../../../assistants/claude-code/history/counted-calls.ts';
import type { Comparison, Reconciliation, Tally } from '../../../assistants/claude-code/history/reconcile.ts';
import { askedCall, compareCalls, tally } from '../../../assistants/claude-code/history/reconcile.ts';
import { recordAt } from '../../../assistants/claude-code/history/scan/call-rows.ts';
import { Fingerprints } from '../../../assistants/claude-code/history/scan/fingerprints.ts';
import { claudeCodeSetup } from '../../../assistants/claude-code/setup.ts';
import { DeliveredLog } from '../../../delivery/delivered-log.ts';
import type { Context } from '../../context.ts';
import { print, printJson } from '../../output.ts';
import { readServerRecords } from '../../server-records.ts';
import { styleOf } from '../../style.ts';
import type { CommonOptions } from '../../table.ts';
import { logFile } from '../backfill/deliver.ts';
import { daysOf, localZone } from '../backfill/local-days.ts';
import { Progress, formatBytes, formatCount } from '../backfill/progress.ts';
import { importFolder } from '../backfill/run.ts';
import { readSettings } from '../backfill/settings.ts';
import { askedSpan } from '../backfill/span.ts';
import { claudeHistory, readHistory } from './history-source.ts';

export interface ReconcileOptions extends CommonOptions {
  since?: string;
  to?: string;
  insecure?: boolean;
}

/** What the session files hold against what the server has, by day and session. */
export async function run(options: ReconcileOptions, context: Context): Promise<void> {
  const settings = await readSettings(claudeCodeSetup, options, context);
  const tz = localZone();
  const span = askedSpan(options.since, options.to, context.now(), () => tz);
  const progress = new Progress(context);
  const onRead = (bytes: number): void => progress.show(() => `${formatBytes(bytes)} read`);
  const folder = importFolder(claudeHistory, context);
  const { calls } = await readHistory(span.sinceMs, folder, onRead, context).finally(() => progress.end());
  const rows = rowsWithin(calls, span);
  const asked = rows.map((row) => askedCall(recordAt(calls.table, calls.strings, row)));
  const ids = asked.flatMap(({ id, otherId }) => (otherId === null ? [id] : [id, otherId]));
  const onAsked = (done: number): void =>
    progress.show(() => `${formatCount(done)} of ${formatCount(ids.length)} asked for`);
  const found = await readServerRecords(ids, settings, context, onAsked).finally(() => progress.end());
  const comparisons = compareCalls(asked, found);
  const result = tally(comparisons, daysOf(tz));
  if (options.json) {
    printJson(context, { endpoint: settings.endpoint, tz, ...documentOf(result, comparisons) });
    return;
  }
  const log = DeliveredLog.read(logFile(folder, settings));
  const prints = new Fingerprints(calls, '');
  const noted = rows.filter((row, i) => comparisons[i]?.found === null && log.knows(prints.key(row))).length;
  report(result, comparisons, { endpoint: settings.endpoint, noted }, options, context);
}

const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

const named = ({ asked }: Comparison) => ({
  transactionId: asked.id,
  requestId: asked.call.requestId,
  messageId: asked.call.messageId,
  sessionId: asked.call.sessionId,
  at: new Date(asked.call.atMs).toISOString(),
});

function documentOf({ total, days, sessions }: Reconciliation, comparisons: readonly Comparison[]) {
  return {
    total,
    days: sorted(days).map(([day, sums]) => ({ day, ...sums })),
    sessions: sorted(sessions).map(([sessionId, sums]) => ({ sessionId, ...sums })),
    missing: comparisons.filter(({ found }) => found === null).map(named),
    differing: comparisons.flatMap((one) =>
      one.difference ? [{ ...named(one), figures: one.difference.figures }] : [],
    ),
    extra: comparisons.flatMap((one) => (one.extra ? [{ ...named(one), countedAs: one.extra.id }] : [])),
  };
}

const COLUMNS: readonly (readonly [title: string, of: (sums: Tally) => number])[] = [
  ['in files', ({ calls }) => calls],
  ['telemetry', ({ telemetryOnly }) => telemetryOnly],
  ['import', ({ backfillOnly }) => backfillOnly],
  ['both', ({ both }) => both],
  ['missing', ({ missing }) => missing],
  ['differing', ({ differing }) => differing],
  ['extra', ({ extra }) => extra],
  ['output in files', ({ outputInFiles }) => outputInFiles],
  ['on server', ({ outputOnServer }) => outputOnServer],
];

function printTable(title: string, rows: readonly (readonly [string, Tally])[], context: Context): void {
  const style = styleOf(context);
  const width = Math.max(title.length, ...rows.map(([name]) => name.length));
  print(context, [title.padEnd(width), ...COLUMNS.map(([name]) => name)].join('  '));
  for (const [name, sums] of rows) {
    const cells = COLUMNS.map(([column, of]) => formatCount(of(sums)).padStart(column.length));
    const line = [name.padEnd(width), ...cells].join('  ');
    print(context, isWhole(sums) ? line : style.yellow(line));
  }
  print(context);
}

const isWhole = ({ missing, differing, extra }: Tally): boolean => missing + differing + extra === 0;

const SHOWN = 10;

function report(
  { total, days, sessions }: Reconciliation,
  comparisons: readonly Comparison[],
  server: Server,
  { verbose }: ReconcileOptions,
  context: Context,
): void {
  printTable('day', [...sorted(days), ['all', total]], context);
  const shown = sorted(sessions).filter(([, sums]) => verbose || !isWhole(sums));
  if (shown.length > 0) printTable('session', shown, context);
  for (const { asked, difference } of comparisons
    .filter((one) => one.difference)
    .slice(0, verbose ? undefined : SHOWN)) {
    const figures = Object.entries(difference?.figures ?? {}).map(
      ([name, { files, server }]) => `${name} ${formatCount(files)} in the files, ${formatCount(server)} on the server`,
    );
    print(context, `${asked.call.requestId ?? asked.call.messageId ?? asked.id}: ${figures.join('; ')}`);
  }
  print(context, verdict(total, server));
  print(context, 'Calls that only telemetry knows (compactions, titles) are in no file, and not asked for.');
}

interface Server {
  endpoint: string;
  /** Missing calls that it once acknowledged, so that an import would not send them again by itself. */
  noted: number;
}

function remedy({ noted }: Server): string {
  if (noted === 0) return '"revenium-metering backfill" sends them';
  return `it had taken ${formatCount(noted)} before: "revenium-metering backfill --no-checkpoint" sends them again`;
}

function verdict({ calls, missing, differing, extra }: Tally, server: Server): string {
  const { endpoint } = server;
  if (missing + differing + extra === 0) return `${endpoint} has all ${formatCount(calls)} calls of the session files.`;
  const faults = [
    missing > 0 && `${formatCount(missing)} missing (${remedy(server)})`,
    differing > 0 && `${formatCount(differing)} differing`,
    extra > 0 && `${formatCount(extra)} counted twice`,
  ];
  return `Of ${formatCount(calls)} calls of the session files, ${endpoint} has: ${faults.filter(Boolean).join(', ')}.`;
}
