import type { Days } from '../day-buckets.ts';
import { dollarsOf, membersOf, textOf } from '../json-values.ts';
import type { Reading } from '../paging.ts';
import type { Ask } from './admin-api.ts';
import { readBuckets } from './admin-api.ts';

/** A row of `costs`: what a project was charged on a day for one line of the bill. It names no person. */
export interface CostRow {
  day: number;
  projectId: string | null;
  apiKeyId: string | null;
  /** `gpt-6.1-sol, input` */
  lineItem: string | null;
  micros: number;
}

/** What was charged, in dollars alone. @throws VendorError */
export const readCosts = (api: Ask, days: Days): Promise<Reading<CostRow>> =>
  readBuckets(
    api,
    '/organization/costs',
    days,
    { limit: 180, groupBy: ['project_id', 'line_item', 'api_key_id'] },
    rowOf,
  );

function rowOf(result: Readonly<Record<string, unknown>>, day: number): CostRow | null {
  const amount = membersOf(result.amount);
  // Some servers send the number as a string; another currency would be taken for dollars.
  const micros = dollarsOf(amount.value);
  if (micros === null || (textOf(amount.currency) ?? 'usd').toLowerCase() !== 'usd') return null;
  return {
    day,
    projectId: textOf(result.project_id),
    apiKeyId: textOf(result.api_key_id),
    lineItem: textOf(result.line_item),
    micros,
  };
}
