import { billingOf, findTier } from '../../usage/tiers.ts';
import type { DailyFigure, FigureName } from '../../usage/daily-figure.ts';
import type { Billing } from '../../usage/event.ts';
import type { DayUsage } from '../day-usage.ts';
import { NO_USAGE, tokensOf } from '../day-usage.ts';
import type { ClaudeCodeActor, ClaudeCodeModel, ClaudeCodeRow } from './claude-code-report.ts';
import type { KeyOwners } from './key-owners.ts';
import { actorOfKeyName } from './key-owners.ts';

export const CLAUDE_CODE_REPORTER = 'anthropic-claude-code';

const actorKey = (actor: ClaudeCodeActor): string | null =>
  actor === null ? null : 'email' in actor ? `email:${actor.email}` : `key:${actor.keyName}`;

function actorOf(actor: ClaudeCodeActor, owners: KeyOwners): string | null {
  if (actor === null) return null;
  return 'email' in actor ? `email:${actor.email}` : actorOfKeyName(owners, actor.keyName);
}

const sumBy = (rows: readonly ClaudeCodeRow[], value: (row: ClaudeCodeRow) => number): number =>
  rows.reduce((sum, row) => sum + value(row), 0);

function grouped<T>(items: readonly T[], nameOf: (item: T) => readonly unknown[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = JSON.stringify(nameOf(item));
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups.values()];
}

/** A person has several rows a day, by terminal and place: they are one here, divided by subscription and model. */
export function claudeCodeDays(rows: readonly ClaudeCodeRow[], owners: KeyOwners): DayUsage[] {
  return grouped(rows, (row) => [
    row.day,
    row.organizationId,
    actorKey(row.actor),
    row.customerType,
    row.subscriptionType,
  ]).flatMap((group) => usagesOf(group, owners));
}

function usagesOf(rows: readonly ClaudeCodeRow[], owners: KeyOwners): DayUsage[] {
  const [first] = rows;
  if (!first) return [];
  const { day, organizationId, actor, customerType, subscriptionType } = first;
  const common = {
    ...NO_USAGE,
    day,
    assistant: 'claude-code',
    reporter: CLAUDE_CODE_REPORTER,
    actor: actorOf(actor, owners),
    ...billingOfRow(first),
  } as const;
  const key = [organizationId, actorKey(actor), customerType, subscriptionType];
  const models = grouped(
    rows.flatMap((row) => row.models),
    ({ model }) => [model],
  );
  const usages = models.map((same): DayUsage => ({ ...common, ...sumOf(same), key: [...key, same[0]?.model ?? null] }));
  const sessions = sumBy(rows, (row) => row.sessions);
  if (usages.length === 0) return sessions === 0 ? [] : [{ ...common, sessions, key: [...key, null] }];
  // Sessions are not counted by model: they stand with the one that was used most, so that they add up.
  const most = usages.reduce((a, b) => (tokensOf(b) > tokensOf(a) ? b : a));
  return usages.map((usage) => ({ ...usage, sessions: usage === most ? sessions : 0 }));
}

function sumOf(same: readonly ClaudeCodeModel[]) {
  const total = (value: (model: ClaudeCodeModel) => number): number => same.reduce((sum, one) => sum + value(one), 0);
  const known = same.some(({ reportedMicros }) => reportedMicros !== null);
  return {
    model: same[0]?.model ?? null,
    inputTokens: total(({ inputTokens }) => inputTokens),
    outputTokens: total(({ outputTokens }) => outputTokens),
    cacheReadTokens: total(({ cacheReadTokens }) => cacheReadTokens),
    cacheWrite5mTokens: total(({ cacheWriteTokens }) => cacheWriteTokens),
    splitKnown: false,
    reportedMicros: known ? total(({ reportedMicros }) => reportedMicros ?? 0) : null,
  };
}

/** `subscription_type` is newer than the report: without it a subscription is a seat of no known plan. */
function billingOfRow({ customerType, subscriptionType }: ClaudeCodeRow): { tier: string | null; billing: Billing } {
  if (customerType === 'api') return { tier: 'api', billing: 'metered' };
  const tier = findTier('claude-code', subscriptionType)?.id ?? subscriptionType;
  const billing = billingOf('claude-code', tier);
  return { tier, billing: billing === 'unknown' && customerType === 'subscription' ? 'seat' : billing };
}

const FIGURES: readonly (readonly [FigureName, (row: ClaudeCodeRow) => number])[] = [
  ['lines-added', (row) => row.linesAdded],
  ['lines-removed', (row) => row.linesRemoved],
  ['commits', (row) => row.commits],
  ['pull-requests', (row) => row.pullRequests],
  ['edits-accepted', (row) => row.edits.accepted],
  ['edits-rejected', (row) => row.edits.rejected],
];

/** What the report says beside usage. */
export function claudeCodeFigures(rows: readonly ClaudeCodeRow[], owners: KeyOwners): DailyFigure[] {
  return grouped(rows, (row) => [row.day, actorOf(row.actor, owners)]).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { day } = first;
    const actor = actorOf(first.actor, owners);
    return FIGURES.flatMap(([name, value]) => {
      const sum = sumBy(group, value);
      return sum === 0
        ? []
        : [{ day, assistant: 'claude-code' as const, reporter: CLAUDE_CODE_REPORTER, actor, name, value: sum }];
    });
  });
}
