import path from 'node:path';
import { ImportSummary } from '../../../assistants/import-totals.ts';
import { DeliveredLog } from '../../../delivery/delivered-log.ts';
import type { BatchOutcome } from '../../../delivery/send-batches.ts';
import { Failure } from '../../../errors.ts';
import { encodeLogs } from '../../../otlp/encode-request.ts';
import { stateFolder } from '../../../setup/machine.ts';
import { createPriceBook } from '../../../usage/pricing.ts';
import type { Context } from '../../context.ts';
import { notice, print, printJson } from '../../output.ts';
import type { CommandModule, CommonOptions } from '../../table.ts';
import { deliver, logFile } from './deliver.ts';
import type { FoundHistory, HistorySource } from './found-history.ts';
import { daysOf, localZone } from './local-days.ts';
import { Progress, formatBytes, formatCount } from './progress.ts';
import type { ImportReport } from './report.ts';
import { importJson } from './report.ts';
import type { DeliverySettings } from './settings.ts';
import { findSettings, readSettings } from './settings.ts';
import type { Item, Shipment } from './shipment.ts';
import { stretchesOf, withoutDelivered } from './shipment.ts';
import { askedSpan } from './span.ts';

export interface BackfillOptions extends CommonOptions {
  dryRun?: boolean;
  since?: string;
  to?: string;
  batchSize: number;
  /** False: what was delivered is neither looked up nor noted. */
  checkpoint: boolean;
  includeProject?: boolean;
  insecure?: boolean;
}

/** Where the import of an assistant's history keeps what it remembers. */
export const importFolder = (source: HistorySource, context: Context): string =>
  path.join(stateFolder(context), source.assistant.id);

export const backfillCommand = (source: HistorySource): CommandModule<BackfillOptions> => ({
  run: (options, context) => (options.dryRun ? dryRun(source, options, context) : importAll(source, options, context)),
});

async function dryRun(source: HistorySource, options: BackfillOptions, context: Context): Promise<void> {
  const settings = await findSettings(source.assistant, options, context);
  const { history, report } = await look(source, options, context);
  const log =
    settings && options.checkpoint ? DeliveredLog.read(logFile(importFolder(source, context), settings)) : null;
  // With nothing delivered yet, nothing has to be compared.
  const pending = settings && log && log.size > 0 ? undelivered(history, settings, options, log) : null;
  const wanted = pending ? countOf(pending) : report.summary.total.records;
  if (settings) sayWhose(settings, wanted, source, context);
  await finish({ ...report, new: wanted }, source, options, context);
  if (options.verbose)
    await printSamples(pending ?? history.shipments(settings ?? NOBODY, options.includeProject ?? false), log, context);
  if (!options.json) print(context, 'Nothing was sent: this was a dry run.');
  checkWhole(history);
}

async function importAll(source: HistorySource, options: BackfillOptions, context: Context): Promise<void> {
  const settings = await readSettings(source.assistant, options, context);
  const folder = importFolder(source, context);
  const { acquireLock } = await import('../../../delivery/process-lock.ts');
  const lock = await acquireLock({ ...context, folder, name: 'backfill', what: 'another backfill' });
  const within = { ...context, signal: AbortSignal.any([context.signal, lock.signal]) };
  const log = options.checkpoint ? DeliveredLog.open(logFile(folder, settings)) : null;
  try {
    const { history, report } = await look(source, options, within);
    const pending = undelivered(history, settings, options, log);
    const wanted = countOf(pending);
    sayWhose(settings, wanted, source, context);
    const outcome = await deliver(pending, settings, options.batchSize, log, within);
    const failed = wanted - outcome.delivered;
    const sent = { new: wanted, sent: outcome.delivered, failed, labels: outcome.labels };
    await finish({ ...report, ...sent }, source, options, context);
    if (failed > 0) throw failureOf(outcome, failed, source);
    checkWhole(history);
  } finally {
    log?.close();
    await lock.release();
  }
}

/** Reads the history and sums it up. */
async function look(source: HistorySource, options: BackfillOptions, context: Context) {
  const span = askedSpan(options.since, options.to, context.now(), localZone);
  const progress = new Progress(context);
  const onProgress = (bytes: number): void => progress.show(() => `${formatBytes(bytes)} read`);
  const history = await source
    .read(span, importFolder(source, context), onProgress, context)
    .finally(() => progress.end());
  const summary = new ImportSummary(createPriceBook(), options.json ? null : daysOf(localZone()));
  history.summarize(summary);
  const { files, bytes, skipped } = history;
  const report: ImportReport = {
    dryRun: options.dryRun ?? false,
    files,
    bytes,
    skipped,
    summary,
    new: 0,
    sent: 0,
    failed: 0,
    labels: 0,
  };
  return { history, report };
}

/** Files do not say whose calls they hold; without an e-mail only telemetry of the same calls does. */
function sayWhose({ email }: DeliverySettings, wanted: number, { assistant }: HistorySource, context: Context): void {
  if (email !== null || wanted === 0) return;
  notice(
    context,
    'No e-mail address is set up: calls that telemetry has not delivered too will belong to nobody. ' +
      `"${assistant.binary} setup --email …" or REVENIUM_SUBSCRIBER_EMAIL says whose they are, also afterwards.`,
  );
}

/** For samples of what would be sent, where it is not known by whom. */
const NOBODY: DeliverySettings = {
  ...{ endpoint: '', apiKey: '', insecure: false },
  ...{ email: null, tier: null, organization: null, product: null },
};

function undelivered(
  history: FoundHistory,
  settings: DeliverySettings,
  { includeProject = false }: BackfillOptions,
  log: DeliveredLog | null,
): Shipment[] {
  return history.shipments(settings, includeProject).map((shipment) => ({
    ...shipment,
    items: withoutDelivered(shipment.items, log),
  }));
}

const countOf = (shipments: readonly Shipment[]): number => shipments.reduce((sum, { items }) => sum + items.length, 0);

async function finish(
  report: ImportReport,
  source: HistorySource,
  options: BackfillOptions,
  context: Context,
): Promise<void> {
  if (options.verbose)
    for (const [reason, count] of Object.entries(report.skipped))
      notice(context, `skipped: ${formatCount(count)} × ${reason} (${source.reasons[reason] ?? reason})`);
  if (options.json) {
    printJson(context, importJson(report));
    return;
  }
  const { printImport } = await import('./print-report.ts');
  printImport(report, localZone(), context);
}

/** @throws Failure for a history of which a part could not be read: what was read is done, but that is not all */
function checkWhole({ unread }: FoundHistory): void {
  if (unread === 0) return;
  throw new Failure(
    `${formatCount(unread)} ${unread === 1 ? 'file or folder' : 'files and folders'} could not be read`,
    {
      hint: 'They are named above. Make them readable for you and run this again: it brings what they hold.',
    },
  );
}

const SAMPLES = 3;

/** The first requests that would be sent, cut short. */
async function printSamples(shipments: readonly Shipment[], log: DeliveredLog | null, context: Context): Promise<void> {
  for (const shipment of shipments) {
    const calls: Item[] = [];
    const labels: Item[] = [];
    for await (const stretch of stretchesOf(shipment)) {
      calls.push(...stretch.items.slice(0, SAMPLES - calls.length));
      labels.push(...withoutDelivered(stretch.labels, log).slice(0, SAMPLES - labels.length));
      if (calls.length === SAMPLES) break;
    }
    for (const items of [labels, calls]) {
      const records = items.map((item) => item.record());
      if (records.length > 0) notice(context, encodeLogs(records, shipment.resource));
    }
  }
}

function failureOf({ refused, error }: BatchOutcome, failed: number, { assistant }: HistorySource): Failure {
  const refusals = new Map<string, number>();
  for (const { why, count } of refused) refusals.set(why, (refusals.get(why) ?? 0) + count);
  const reasons = [...refusals].map(([why, count]) => `${formatCount(count)} refused: ${why}`);
  const hints = [
    ...reasons,
    ...(error?.hint === undefined ? [] : [error.hint]),
    `Run "${assistant.binary} backfill" again: it goes on where this one stopped.`,
  ];
  const what = `${formatCount(failed)} records were not delivered`;
  return new Failure(error ? `${what}: ${error.message}` : what, {
    hint: hints.join('\n'),
    ...(error && { cause: error, retryable: error.retryable }),
  });
}
