import { DAY_MS } from '../../usage/days.ts';
import { createPriceBook } from '../../usage/pricing.ts';
import type { Days } from '../day-buckets.ts';
import type { Ask } from '../openai/admin-api.ts';
import type { CompletionsRow } from '../openai/completions-usage.ts';
import { readCompletions } from '../openai/completions-usage.ts';
import { readUsers } from '../openai/users.ts';
import type { ToolUsage } from './tool-usage.ts';
import { summed } from './tool-usage.ts';

export interface OpenAiReading {
  usages: ToolUsage[];
  /** Models that the price table does not know. */
  unpriced: string[];
}

/**
 * OpenAI by person. What it charges it does not tell by person: the cost is our price of the tokens, on their own day.
 * @throws VendorError
 */
export async function readOpenAi(api: Ask, days: Days, onProgress: (done: string) => void): Promise<OpenAiReading> {
  onProgress('asking');
  const [{ rows }, users] = await Promise.all([readCompletions(api, days), readUsers(api)]);
  const emails = new Map(users.map(({ id, email }) => [id, email]));
  const prices = createPriceBook();
  const unpriced = new Set<string>();
  const usages = rows.map((row): ToolUsage => {
    const costMicros = prices.listMicros({
      ...row,
      assistant: 'openai',
      granularity: 'day',
      atMs: row.day * DAY_MS + DAY_MS / 2,
      cacheWrite5mTokens: row.cacheWriteTokens,
      cacheWrite1hTokens: 0,
      webSearches: null,
      speed: null,
      inferenceGeo: null,
    });
    if (costMicros === null) unpriced.add(row.model ?? 'unknown');
    return {
      user: userOf(row, emails),
      tool: 'OpenAI',
      requests: row.requests,
      tokens: row.inputTokens + row.outputTokens + row.cacheReadTokens + row.cacheWriteTokens,
      costMicros,
    };
  });
  return { usages: summed(usages), unpriced: [...unpriced].sort() };
}

/** Service accounts have no user: the key, or the project, stands for them. */
const userOf = ({ userId, apiKeyId, projectId }: CompletionsRow, emails: ReadonlyMap<string, string>): string =>
  emails.get(userId ?? '') ?? userId ?? apiKeyId ?? projectId ?? 'unknown';
