import { DAY_MS } from '../../usage/days.ts';
import { daysOf, dayBucketsOf } from '../day-rows.ts';
import { readableCosts } from '../readable-costs.ts';
import type { PartContext, PartReading, Span, SyncPart } from '../sync-part.ts';
import type { Ask } from './admin-api.ts';
import { readCompletions } from './completions-usage.ts';
import { readCosts } from './costs.ts';
import { OPENAI_REPORTER, openAiDays } from './usage-days.ts';
import { readUsers } from './users.ts';

/** What OpenAI's organisation API gives: completions by person, and what they cost. */
export function openAiParts(api: Ask, context: PartContext): SyncPart[] {
  let users: Promise<Map<string, string>> | null = null;
  const emails = (): Promise<Map<string, string>> =>
    (users ??= readUsers(api).then((list) => new Map(list.map(({ id, email }) => [id, email]))));
  return [
    { name: 'usage', stepMs: 7 * DAY_MS, overlapMs: 3 * DAY_MS, read: (span) => usage(api, emails, span, context) },
  ];
}

async function* usage(
  api: Ask,
  emails: () => Promise<ReadonlyMap<string, string>>,
  span: Span,
  context: PartContext,
): AsyncGenerator<PartReading> {
  const { org, valueOf } = context;
  const days = daysOf(span);
  const { rows, unreadable, dateMs } = await readCompletions(api, days);
  const costs = await readableCosts(
    readCosts(api, days),
    { reporter: OPENAI_REPORTER, span, rows: rows.length },
    context,
  );
  const byId = await emails();
  const usages = openAiDays(rows, costs.rows, (id) => byId.get(id) ?? null, valueOf);
  yield {
    span,
    dateMs,
    fetched: rows.length + unreadable + costs.rows.length,
    unreadable: unreadable + costs.unreadable,
    of: { assistant: 'openai', reporter: OPENAI_REPORTER },
    buckets: dayBucketsOf(usages, org),
    warnings: costs.warnings,
  };
}
