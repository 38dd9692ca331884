import { hoursOfRows } from '../../assistants/cursor/sync/hour-rows.ts';
import { hoursIn, newest, subtract } from '../../assistants/cursor/sync/hours.ts';
import { WindowSize } from '../../assistants/cursor/sync/window-size.ts';
import { cursorState } from '../../assistants/cursor/row.ts';
import { DAY_MS } from '../../usage/days.ts';
import { bucketStart } from '../../usage/snapshot.ts';
import type { UsageReader } from '../../vendors/cursor/read-usage.ts';
import type { PartReading, Span, SyncPart } from '../../vendors/sync-part.ts';

/** Rows newer than this may still be on their way; while they come, pages shift. */
const LAG_MS = 5 * 60_000;

export interface CursorEventsOptions {
  org: string;
  /** The team's plan, as configured. */
  tier: string | null;
  now: () => number;
}

/** Cursor's usage events, by whole hours that are over. */
export const cursorEvents = (reader: Pick<UsageReader, 'read'>, options: CursorEventsOptions): SyncPart => ({
  name: 'events',
  stepMs: 7 * DAY_MS,
  overlapMs: 2 * DAY_MS,
  read: (span) => read(reader, span, options),
});

const LABELS = { organization: null, product: null, project: null, repository: null };

async function* read(
  reader: Pick<UsageReader, 'read'>,
  span: Span,
  { org, tier, now }: CursorEventsOptions,
): AsyncGenerator<PartReading> {
  const size = new WindowSize();
  const endMs = Math.min(span.toMs, bucketStart(now() - LAG_MS));
  let left: Span[] = span.fromMs < endMs ? [{ fromMs: span.fromMs, toMs: endMs }] : [];
  for (let window = newest(left, size.hours); window; window = newest(left, size.hours)) {
    const hours = hoursIn(window);
    const reading = await reader.read(window, hours > 1 ? size.maxRows : Number.POSITIVE_INFINITY);
    if ('total' in reading) {
      size.tooMany(reading.total, hours);
      continue;
    }
    size.took(reading.rows.length, hours);
    left = subtract(left, window);
    yield {
      span: window,
      dateMs: reading.dateMs,
      fetched: reading.rows.length + reading.unreadable,
      unreadable: reading.unreadable,
      of: { assistant: 'cursor', reporter: null },
      buckets: hoursOfRows(reading.rows).map(({ bucketMs, rows }) => ({
        assistant: 'cursor',
        reporter: null,
        bucketMs,
        statesAt: (snapshotMs) =>
          rows.map((row) => cursorState(row, { org, source: 'sync', snapshotMs, tier, labels: LABELS })),
      })),
    };
  }
}
