import { dateOf } from '../../usage/days.ts';
import type { DayUsage } from '../day-usage.ts';
import { NO_USAGE } from '../day-usage.ts';
import type { SpreadUsage } from '../spread-costs.ts';
import { spreadCharges } from '../spread-costs.ts';
import type { CompletionsRow } from './completions-usage.ts';
import type { CostRow } from './costs.ts';

export const OPENAI_REPORTER = 'openai-usage';

/** What an organisation's people and keys used, with what was charged for it; other charges are rows of their own. */
export function openAiDays(
  rows: readonly CompletionsRow[],
  costs: readonly CostRow[],
  emailOfUser: (id: string) => string | null,
  valueOf: (usage: DayUsage) => number | null,
): DayUsage[] {
  const spreadable = rows.map((row): SpreadUsage => ({ usage: usageOf(row, emailOfUser), groups: groupsOf(row) }));
  const charges = costs.map((cost) => ({ ...cost, groups: groupsOf({ ...cost, model: modelOfLine(cost.lineItem) }) }));
  const { usages, left } = spreadCharges(spreadable, charges, valueOf);
  return [...usages, ...leftOver(left)];
}

/** `gpt-6.1-sol, input` and `gpt-6.1-sol-2026-09-29` are of one model. */
const bareModel = (model: string | null): string | null => model?.replace(/-20\d\d-\d\d-\d\d$/, '') ?? null;
const modelOfLine = (lineItem: string | null): string | null => /^(.+?), /.exec(lineItem ?? '')?.[1] ?? null;

type Place = Pick<CompletionsRow, 'day' | 'projectId' | 'apiKeyId' | 'model'>;

function groupsOf({ day, projectId, apiKeyId, model: name }: Place): string[] {
  const model = bareModel(name);
  if (model === null) return [];
  const date = dateOf(day);
  return [
    [date, model, projectId, apiKeyId],
    [date, model, projectId],
    [date, model],
  ].map((group) => JSON.stringify(group));
}

const common = {
  ...NO_USAGE,
  assistant: 'openai',
  reporter: OPENAI_REPORTER,
  tier: 'api',
  billing: 'metered',
} as const;

function usageOf(row: CompletionsRow, emailOfUser: (id: string) => string | null): DayUsage {
  const { day, userId, projectId, apiKeyId, model, serviceTier } = row;
  return {
    ...common,
    day,
    key: [userId, projectId, apiKeyId, model, serviceTier],
    actor: actorOf(row, emailOfUser),
    model,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    cacheReadTokens: row.cacheReadTokens,
    cacheWrite5mTokens: row.cacheWriteTokens,
    requests: row.requests,
    serviceTier,
  };
}

function actorOf({ userId, apiKeyId, projectId }: CompletionsRow, emailOfUser: (id: string) => string | null) {
  const email = userId === null ? null : emailOfUser(userId);
  if (email !== null) return `email:${email}`;
  if (userId !== null) return `openai-user:${userId}`;
  if (apiKeyId !== null) return `openai-key:${apiKeyId}`;
  return projectId === null ? null : `openai-project:${projectId}`;
}

function leftOver(costs: readonly CostRow[]): DayUsage[] {
  const rows = new Map<string, DayUsage>();
  for (const { day, projectId, apiKeyId, lineItem, micros } of costs) {
    const key = ['charge', projectId, apiKeyId, lineItem];
    const name = JSON.stringify([day, ...key]);
    const billedMicros = (rows.get(name)?.billedMicros ?? 0) + micros;
    rows.set(name, { ...common, day, key, model: lineItem, billedMicros });
  }
  return [...rows.values()];
}
