import { Failure, UsageError } from '../../../errors.ts';
import { DAY_MS, dateOf, utcDay } from '../../../usage/days.ts';
import type { Context } from '../../context.ts';
import { notice, print, printJson } from '../../output.ts';
import { pairs } from '../../style.ts';
import { Progress, formatCount } from '../backfill/progress.ts';
import { connect } from './connection.ts';
import type { OrganizationOptions } from './keys.ts';

export interface VendorSyncOptions extends OrganizationOptions {
  vendor: string;
  from?: string;
  to?: string;
  days: number;
}

/** As the server answers. */
interface Sync {
  id: string;
  vendor: string;
  state: 'running' | 'done' | 'partial' | 'failed' | 'interrupted';
  startedAt: string;
  durationMs: number | null;
  fetched: number;
  unreadable: number;
  written: number;
  parts: { name: string; fetched: number; written: number; error: string | null }[];
  warnings: string[];
  error: string | null;
  nextAt: string | null;
}

const VENDORS = ['anthropic', 'openai', 'cursor', 'github'];
const POLL_MS = 1000;

/** Has the running server read a vendor, and waits for the end of it. */
export async function run(options: VendorSyncOptions, context: Context): Promise<void> {
  const { vendor, from, to } = options;
  if (!VENDORS.includes(vendor)) throw new UsageError(`"${vendor}" is no vendor; choose one of ${VENDORS.join(', ')}`);
  const { org, call } = await connect(options, context);
  const startDate = from ?? dateOf(utcDay(context.now() - (options.days - 1) * DAY_MS));
  const base = `/api/v1/${encodeURIComponent(options.org ?? org)}/syncs`;
  const wanted = { vendor, startDate, ...(to === undefined ? {} : { endDate: to }) };
  let sync = (await call('POST', base, wanted)) as Sync;
  const progress = new Progress(context);
  try {
    while (sync.state === 'running') {
      await context.sleep(POLL_MS);
      sync = (await call('GET', `${base}/${sync.id}`)) as Sync;
      progress.show(() => `${formatCount(sync.fetched)} rows read`);
    }
  } catch (error) {
    if (context.signal.aborted) notice(context, 'the server goes on with it; it is shown among its syncs');
    throw error;
  } finally {
    progress.end();
  }
  if (options.json) printJson(context, sync);
  else show(sync, context);
  if (sync.state !== 'done')
    throw new Failure(sync.error ?? `the sync of ${vendor} was ${sync.state}`, {
      retryable: true,
      hint: 'What was read is in; the next sync goes on.',
    });
}

function show(sync: Sync, context: Context): void {
  for (const warning of sync.warnings) notice(context, warning);
  const rows = sync.parts.map(({ name, fetched, written, error }): [string, string] => [
    name,
    error ?? `${formatCount(fetched)} rows read, ${formatCount(written)} of them new or changed`,
  ]);
  print(context, `Synced ${sync.vendor} in ${((sync.durationMs ?? 0) / 1000).toFixed(1)} s`);
  for (const line of pairs(rows)) print(context, line);
}
