import type { Days } from '../day-buckets.ts';
import { countOf, numberOf, textOf } from '../json-values.ts';
import type { Reading } from '../paging.ts';
import { VendorError } from '../vendor-error.ts';
import type { Ask } from './admin-api.ts';
import { readBuckets } from './admin-api.ts';

/** A row of `usage/completions`: a day of one person, project, key and model. */
export interface CompletionsRow {
  day: number;
  /** Null for service accounts. */
  userId: string | null;
  projectId: string | null;
  apiKeyId: string | null;
  model: string | null;
  serviceTier: string | null;
  /** Without what was read from or written to the cache, which OpenAI counts as input too. */
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  requests: number;
}

const PATH = '/organization/usage/completions';
const GROUPINGS: readonly (readonly string[])[] = [
  ['user_id', 'project_id', 'api_key_id', 'model', 'batch', 'service_tier'],
  ['user_id', 'project_id', 'api_key_id', 'model', 'batch'],
];

/** Daily sums of the days. @throws VendorError */
export async function readCompletions(api: Ask, days: Days): Promise<Reading<CompletionsRow>> {
  let refused: unknown;
  for (const groupBy of GROUPINGS) {
    try {
      return await readBuckets(api, PATH, days, { limit: 31, groupBy }, rowOf);
    } catch (error) {
      if (!(error instanceof VendorError) || error.trouble !== 'invalid') throw error;
      refused = error;
    }
  }
  throw refused;
}

function rowOf(result: Readonly<Record<string, unknown>>, day: number): CompletionsRow {
  const cacheReadTokens = countOf(result.input_cached_tokens);
  const cacheWriteTokens = countOf(result.input_cache_write_tokens);
  const uncached = numberOf(result.input_uncached_tokens);
  return {
    day,
    userId: textOf(result.user_id),
    projectId: textOf(result.project_id),
    apiKeyId: textOf(result.api_key_id),
    model: textOf(result.model),
    serviceTier: result.batch === true ? 'batch' : textOf(result.service_tier),
    // Older answers leave the rest for the reader to work out.
    inputTokens:
      uncached === null
        ? Math.max(0, countOf(result.input_tokens) - cacheReadTokens - cacheWriteTokens)
        : countOf(uncached),
    outputTokens: countOf(result.output_tokens),
    cacheReadTokens,
    cacheWriteTokens,
    requests: countOf(result.num_model_requests),
  };
}
