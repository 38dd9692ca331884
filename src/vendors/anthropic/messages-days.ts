import { dateOf } from '../../usage/days.ts';
import type { DayUsage } from '../day-usage.ts';
import { NO_USAGE } from '../day-usage.ts';
import type { SpreadUsage } from '../spread-costs.ts';
import { spreadCharges } from '../spread-costs.ts';
import type { CostRow } from './cost-report.ts';
import type { KeyOwners } from './key-owners.ts';
import { actorOfKeyId } from './key-owners.ts';
import type { MessagesRow } from './messages-report.ts';

export const MESSAGES_REPORTER = 'anthropic-messages';

/** What an organisation's API keys used, with what was charged for it; charges for nothing of it are rows of their own. */
export function messagesDays(
  rows: readonly MessagesRow[],
  costs: readonly CostRow[],
  owners: KeyOwners,
  valueOf: (usage: DayUsage) => number | null,
): DayUsage[] {
  const spreadable = rows.map((row): SpreadUsage => ({ usage: usageOf(row, owners), groups: groupsOf(row) }));
  const charges = costs.map((cost) => ({ ...cost, groups: cost.model === null ? [] : groupsOf(cost) }));
  const { usages, left } = spreadCharges(spreadable, charges, valueOf);
  return [...usages, ...leftOver(left)];
}

type Place = Pick<MessagesRow, 'day' | 'workspaceId' | 'model' | 'serviceTier'>;

const groupsOf = ({ day, workspaceId, model, serviceTier }: Place): string[] => {
  const place = [dateOf(day), workspaceId, model];
  return [JSON.stringify([...place, serviceTier]), JSON.stringify(place)];
};

const common = {
  ...NO_USAGE,
  assistant: 'claude-code',
  reporter: MESSAGES_REPORTER,
  tier: 'api',
  billing: 'metered',
} as const;

const usageOf = (row: MessagesRow, owners: KeyOwners): DayUsage => ({
  ...common,
  day: row.day,
  key: [
    row.apiKeyId,
    row.accountId,
    row.serviceAccountId,
    row.workspaceId,
    row.model,
    row.serviceTier,
    row.contextWindow,
    row.inferenceGeo,
    row.speed,
  ],
  actor: actorOf(row, owners),
  model: row.model,
  inputTokens: row.inputTokens,
  outputTokens: row.outputTokens,
  cacheReadTokens: row.cacheReadTokens,
  cacheWrite5mTokens: row.cacheWrite5mTokens,
  cacheWrite1hTokens: row.cacheWrite1hTokens,
  webSearches: row.webSearches,
  serviceTier: row.serviceTier,
  inferenceGeo: row.inferenceGeo,
  speed: row.speed,
});

/** Usage of the Console's Workbench names neither key nor account: it belongs to nobody. */
function actorOf({ apiKeyId, accountId, serviceAccountId }: MessagesRow, owners: KeyOwners): string | null {
  if (apiKeyId !== null) return actorOfKeyId(owners, apiKeyId);
  if (accountId !== null) {
    const email = owners.byAccountId(accountId);
    return email === null ? `account:${accountId}` : `email:${email}`;
  }
  return serviceAccountId === null ? null : `anthropic-service-account:${serviceAccountId}`;
}

function leftOver(costs: readonly CostRow[]): DayUsage[] {
  const rows = new Map<string, DayUsage>();
  for (const { day, workspaceId, model, costType, description, micros } of costs) {
    const key = ['charge', workspaceId, model, costType, description];
    const name = JSON.stringify([day, ...key]);
    const known = rows.get(name);
    const billedMicros = (known?.billedMicros ?? 0) + micros;
    rows.set(name, { ...common, day, key, model: model ?? description ?? costType, billedMicros });
  }
  return [...rows.values()];
}
