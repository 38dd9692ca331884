import { eventsOf } from '../../assistants/index.ts';
import { OtlpDecodeError } from '../../otlp/decode-error.ts';
import { decodeLogs } from '../../otlp/decode.ts';
import type { Rejected } from '../../otlp/log-record.ts';
import type { OtlpForm } from '../../otlp/media-type.ts';
import type { Store } from '../../store/store.ts';
import { incompleteReason } from '../../usage/snapshot.ts';
import type { Budget } from '../body.ts';
import { ServerError } from '../errors.ts';
import type { ServerMetrics } from '../metrics.ts';

export interface Ingested {
  /** Usage events and activities taken, repeated ones included. */
  processed: number;
  rejected: Rejected;
}

export interface IngestDependencies {
  store: Store;
  /** What is made of a body counts against it too, until it is durable. */
  budget: Budget;
  metrics: ServerMetrics;
  now: () => number;
}

/** What one takes in memory, which may be ten times what it took on the wire. */
const EVENT_BYTES = 1024;
const ACTIVITY_BYTES = 512;

/**
 * Takes an OTLP logs request in. Resolves when all of it is durable.
 * @throws ServerError `invalid` for a body that is not OTLP, `unavailable` while storage is down
 */
export async function ingestLogs(
  body: Buffer,
  form: OtlpForm,
  org: string,
  { store, budget, metrics, now }: IngestDependencies,
): Promise<Ingested> {
  const { records, rejected, ignored } = decode(body, form);
  const mapped = eventsOf(records, org);
  const startedMs = now();
  const bytes = EVENT_BYTES * mapped.events.length + ACTIVITY_BYTES * mapped.activities.length;
  budget.take(bytes);
  const { incomplete } = await store.write(mapped).finally(() => budget.give(bytes));
  metrics.writeSeconds.observe((now() - startedMs) / 1000);
  const processed = mapped.events.length + mapped.activities.length;
  const all = {
    count: rejected.count + mapped.rejected.count + incomplete.length,
    reasons: [...incomplete.map(incompleteReason), ...rejected.reasons, ...mapped.rejected.reasons],
  };
  metrics.records.inc({ outcome: 'stored' }, processed);
  metrics.records.inc({ outcome: 'rejected' }, all.count);
  metrics.records.inc({ outcome: 'ignored' }, ignored + mapped.ignored);
  return { processed, rejected: all };
}

function decode(body: Buffer, form: OtlpForm): ReturnType<typeof decodeLogs> {
  try {
    return decodeLogs(body, form);
  } catch (cause) {
    if (cause instanceof OtlpDecodeError) throw new ServerError('invalid', cause.message, { cause });
    throw cause;
  }
}
