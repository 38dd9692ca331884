import { isObject } from '../json-values.ts';
import { malformed } from '../vendor-error.ts';
import type { UsageRow } from './usage-row.ts';
import { readUsageRow } from './usage-row.ts';

/** One page of `POST /teams/filtered-usage-events`. */
export interface UsagePage {
  rows: UsageRow[];
  /** Rows on the page that cannot be read. */
  unreadable: number;
  /** Of the whole window, as of this page; null where the server does not say. */
  total: number | null;
  hasNext: boolean;
}

const whole = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;

/** @throws VendorError for what is no page of usage events */
export function readUsagePage(body: unknown, page: number, pageSize: number): UsagePage {
  if (!isObject(body) || !Array.isArray(body.usageEvents))
    throw malformed('Cursor', 'the answer holds no usage events');
  const read = body.usageEvents.map(readUsageRow);
  const rows = read.filter((row) => row !== null);
  const { hasNextPage, numPages, pageSize: given } = isObject(body.pagination) ? body.pagination : {};
  const last = whole(numPages);
  const size = whole(given) ?? pageSize;
  return {
    rows,
    unreadable: read.length - rows.length,
    total: whole(body.totalUsageEventsCount),
    hasNext:
      read.length > 0 &&
      (typeof hasNextPage === 'boolean' ? hasNextPage : last !== null ? page < last : read.length >= size),
  };
}
