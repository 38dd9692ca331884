import type { Days } from '../day-buckets.ts';
import { countOf, membersOf, textOf } from '../json-values.ts';
import type { Reading } from '../paging.ts';
import type { Query } from '../vendor-api.ts';
import { VendorError } from '../vendor-error.ts';
import type { Ask } from './admin-api.ts';
import { readBuckets } from './buckets.ts';

/** A row of `usage_report/messages`: a day of one API key, model and way of serving. */
export interface MessagesRow {
  day: number;
  /** Null: the Console's Workbench. */
  apiKeyId: string | null;
  /** Of a login; null for API keys. */
  accountId: string | null;
  serviceAccountId: string | null;
  /** Null: the default workspace. */
  workspaceId: string | null;
  model: string | null;
  serviceTier: string | null;
  contextWindow: string | null;
  inferenceGeo: string | null;
  speed: string | null;
  /** Uncached. */
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  webSearches: number;
}

const PATH = '/v1/organizations/usage_report/messages';

/** Richest first: an older platform refuses what it does not know. */
const GROUPINGS: readonly (readonly string[])[] = [
  [
    'api_key_id',
    'account_id',
    'service_account_id',
    'workspace_id',
    'model',
    'service_tier',
    'context_window',
    'inference_geo',
  ],
  ['api_key_id', 'workspace_id', 'model', 'service_tier', 'context_window'],
];

/** Daily sums of the days; they keep growing for a while. @throws VendorError */
export async function readMessages(api: Ask, days: Days): Promise<Reading<MessagesRow>> {
  let refused: unknown;
  for (const grouping of GROUPINGS) {
    const query: Query = grouping.map((name) => ['group_by[]', name] as const);
    try {
      return await readBuckets(api, PATH, days, query, rowOf);
    } catch (error) {
      if (!(error instanceof VendorError) || error.trouble !== 'invalid') throw error;
      refused = error;
    }
  }
  throw refused;
}

function rowOf(result: Readonly<Record<string, unknown>>, day: number): MessagesRow {
  const written = membersOf(result.cache_creation);
  return {
    day,
    apiKeyId: textOf(result.api_key_id),
    accountId: textOf(result.account_id),
    serviceAccountId: textOf(result.service_account_id),
    workspaceId: textOf(result.workspace_id),
    model: textOf(result.model),
    serviceTier: textOf(result.service_tier),
    contextWindow: textOf(result.context_window),
    inferenceGeo: textOf(result.inference_geo),
    speed: textOf(result.speed),
    inputTokens: countOf(result.uncached_input_tokens),
    outputTokens: countOf(result.output_tokens),
    cacheReadTokens: countOf(result.cache_read_input_tokens),
    cacheWrite5mTokens: countOf(written.ephemeral_5m_input_tokens),
    cacheWrite1hTokens: countOf(written.ephemeral_1h_input_tokens),
    webSearches: countOf(membersOf(result.server_tool_use).web_search_requests),
  };
}
