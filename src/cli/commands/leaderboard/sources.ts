import { DAY_MS } from '../../../usage/days.ts';
import { ANTHROPIC } from '../../../vendors/anthropic/admin-api.ts';
import { CURSOR } from '../../../vendors/cursor/admin-api.ts';
import { UsageReader } from '../../../vendors/cursor/read-usage.ts';
import type { Days } from '../../../vendors/day-buckets.ts';
import { readClaude } from '../../../vendors/leaderboard/claude.ts';
import { CURSOR_DAYS, readCursor } from '../../../vendors/leaderboard/cursor.ts';
import { readOpenAi } from '../../../vendors/leaderboard/openai.ts';
import type { Tool, ToolUsage } from '../../../vendors/leaderboard/tool-usage.ts';
import { OPENAI } from '../../../vendors/openai/admin-api.ts';
import { RequestBudget } from '../../../vendors/request-budget.ts';
import { VendorApi } from '../../../vendors/vendor-api.ts';
import type { VendorProfile } from '../../../vendors/vendor-profile.ts';
import type { Context, Env } from '../../context.ts';

/** What a vendor gave, and what is to be said with it. */
export interface Gathered {
  usages: ToolUsage[];
  notes: string[];
}

export interface Source {
  tool: Tool;
  /** Where its key may stand, in the order of looking. */
  variables: readonly string[];
  read: (api: VendorApi, span: Span, onProgress: (done: string) => void) => Promise<Gathered>;
  profile: VendorProfile;
}

/** Of whole UTC days, today's included. */
export interface Span {
  days: Days;
  nowMs: number;
}

/** Cursor's newest rows still move. */
const SETTLED_MS = 5 * 60_000;

export const SOURCES: readonly Source[] = [
  {
    tool: 'Claude',
    variables: ['ANTHROPIC_ADMIN_API_KEY', 'ANTHROPIC_ADMIN_KEY'],
    profile: ANTHROPIC,
    read: async (api, { days }, onProgress) => {
      const usages = await readClaude(api, days, onProgress);
      const notes =
        usages.length === 0
          ? ['Claude: its report has nobody; people who log in with a plan are often missing from it']
          : [];
      return { usages, notes };
    },
  },
  {
    tool: 'OpenAI',
    variables: ['OPENAI_ORG_API_KEY'],
    profile: OPENAI,
    read: async (api, { days }, onProgress) => {
      const { usages, unpriced } = await readOpenAi(api, days, onProgress);
      const notes =
        unpriced.length === 0 ? [] : [`OpenAI: no price is known for ${unpriced.join(', ')}; their cost is missing`];
      return { usages, notes };
    },
  },
  {
    tool: 'Cursor',
    variables: ['CURSOR_ADMIN_API_KEY', 'CURSOR_ADMIN_KEY'],
    profile: CURSOR,
    read: async (api, { days, nowMs }, onProgress) => {
      const from = Math.max(days.from, days.to - CURSOR_DAYS);
      const window = { fromMs: from * DAY_MS, toMs: Math.max(from * DAY_MS + 1, nowMs - SETTLED_MS) };
      const usages = await readCursor(new UsageReader(api), window, onProgress);
      const notes =
        from > days.from ? [`Cursor: only the last ${CURSOR_DAYS} days, older events it does not give`] : [];
      return { usages, notes };
    },
  },
];

/** The key of a vendor; null where there is none. */
export const keyOf = ({ variables }: Source, env: Env): string | null =>
  variables.map((name) => env[name]?.trim()).find((value) => value !== undefined && value !== '') ?? null;

export function apiOf({ profile }: Source, apiKey: string, env: Env, context: Context): VendorApi {
  const { fetch, sleep, now, signal } = context;
  const baseUrl = env[profile.variable];
  return new VendorApi(profile, {
    apiKey,
    ...(baseUrl && { baseUrl }),
    budget: new RequestBudget({ perMinute: profile.perMinute, now, sleep }),
    fetch,
    sleep,
    now,
    random: Math.random,
    signal,
  });
}
