import type { Days } from '../day-buckets.ts';
import { centsOf, textOf } from '../json-values.ts';
import type { Reading } from '../paging.ts';
import type { Ask } from './admin-api.ts';
import { readBuckets } from './buckets.ts';

/** A row of `cost_report`: what a workspace was charged on a day for one thing. It names no key and no person. */
export interface CostRow {
  day: number;
  /** Null: the default workspace. */
  workspaceId: string | null;
  /** Null for what is not charged by tokens of a model. */
  model: string | null;
  serviceTier: string | null;
  /** `tokens` `web_search` `code_execution` `session_usage` */
  costType: string | null;
  description: string | null;
  micros: number;
}

const PATH = '/v1/organizations/cost_report';

/** What was charged, in dollars alone; Priority Tier is not among it. @throws VendorError */
export const readCosts = (api: Ask, days: Days): Promise<Reading<CostRow>> =>
  readBuckets(
    api,
    PATH,
    days,
    [
      ['group_by[]', 'workspace_id'],
      ['group_by[]', 'description'],
    ],
    rowOf,
  );

function rowOf(result: Readonly<Record<string, unknown>>, day: number): CostRow | null {
  // A decimal string of cents; another currency would be taken for dollars.
  const micros = centsOf(result.amount);
  if (micros === null || (textOf(result.currency) ?? 'USD').toUpperCase() !== 'USD') return null;
  return {
    day,
    workspaceId: textOf(result.workspace_id),
    model: textOf(result.model),
    serviceTier: textOf(result.service_tier),
    costType: textOf(result.cost_type),
    description: textOf(result.description),
    micros,
  };
}
