import { DAY_MS } from '../../usage/days.ts';
import { daysOf, dayBucketsOf } from '../day-rows.ts';
import { readableCosts } from '../readable-costs.ts';
import type { PartContext, PartReading, Span, SyncPart } from '../sync-part.ts';
import type { Ask } from './admin-api.ts';
import { CLAUDE_CODE_REPORTER, claudeCodeDays, claudeCodeFigures } from './claude-code-days.ts';
import { readClaudeCodeDay } from './claude-code-report.ts';
import { readCosts } from './cost-report.ts';
import type { KeyOwners } from './key-owners.ts';
import { keyOwners } from './key-owners.ts';
import { MESSAGES_REPORTER, messagesDays } from './messages-days.ts';
import { readMessages } from './messages-report.ts';
import { readKeys, readUsers } from './people.ts';

/** Figures of the last days are still growing. */
const OVERLAP_MS = 3 * DAY_MS;

/** What Anthropic's Admin API gives: Claude Code by person, and all use of API keys with what it cost. */
export function anthropicParts(api: Ask, context: PartContext): SyncPart[] {
  let people: Promise<KeyOwners> | null = null;
  const owners = (): Promise<KeyOwners> => (people ??= readOwners(api));
  return [
    {
      name: 'claude-code',
      stepMs: DAY_MS,
      overlapMs: OVERLAP_MS,
      read: (span) => claudeCode(api, owners, span, context),
    },
    {
      name: 'messages',
      stepMs: 7 * DAY_MS,
      overlapMs: OVERLAP_MS,
      read: (span) => messages(api, owners, span, context),
    },
  ];
}

async function readOwners(api: Ask): Promise<KeyOwners> {
  const users = await readUsers(api);
  return keyOwners(await readKeys(api), users);
}

async function* claudeCode(
  api: Ask,
  owners: () => Promise<KeyOwners>,
  span: Span,
  { org }: PartContext,
): AsyncGenerator<PartReading> {
  const { from, to } = daysOf(span);
  // The report takes one day at a time.
  for (let day = to - 1; day >= from; day--) {
    const { rows, unreadable, dateMs } = await readClaudeCodeDay(api, day);
    const who = await owners();
    yield {
      span: { fromMs: day * DAY_MS, toMs: (day + 1) * DAY_MS },
      dateMs,
      fetched: rows.length + unreadable,
      unreadable,
      of: { assistant: 'claude-code', reporter: CLAUDE_CODE_REPORTER },
      buckets: dayBucketsOf(claudeCodeDays(rows, who), org),
      figures: claudeCodeFigures(rows, who),
    };
  }
}

async function* messages(
  api: Ask,
  owners: () => Promise<KeyOwners>,
  span: Span,
  context: PartContext,
): AsyncGenerator<PartReading> {
  const { org, valueOf } = context;
  const days = daysOf(span);
  const { rows, unreadable, dateMs } = await readMessages(api, days);
  const costs = await readableCosts(
    readCosts(api, days),
    { reporter: MESSAGES_REPORTER, span, rows: rows.length },
    context,
  );
  yield {
    span,
    dateMs,
    fetched: rows.length + unreadable + costs.rows.length,
    unreadable: unreadable + costs.unreadable,
    of: { assistant: 'claude-code', reporter: MESSAGES_REPORTER },
    buckets: dayBucketsOf(messagesDays(rows, costs.rows, await owners(), valueOf), org),
    warnings: costs.warnings,
  };
}
