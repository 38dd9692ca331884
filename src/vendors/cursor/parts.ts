import type { DailyFigure, FigureName } from '../../usage/daily-figure.ts';
import { DAY_MS, utcDay } from '../../usage/days.ts';
import { daysOf } from '../day-rows.ts';
import type { PartReading, Span, SyncPart } from '../sync-part.ts';
import type { VendorApi } from '../vendor-api.ts';
import type { CursorDay } from './daily-usage.ts';
import { readDailyUsage } from './daily-usage.ts';
import { readMembers, seatHolders } from './members.ts';
import { readSpend } from './spend.ts';

export const DAILY_REPORTER = 'cursor-daily-usage';
export const SPEND_REPORTER = 'cursor-spend';

/** What Cursor's Admin API gives beside usage events: seats, what people did in the editor, what the cycle has cost. */
export const cursorParts = (api: Pick<VendorApi, 'get' | 'post'>): SyncPart[] => [
  { name: 'members', stepMs: Infinity, overlapMs: DAY_MS, optional: true, read: (span) => members(api, span) },
  {
    name: 'daily-usage',
    stepMs: 28 * DAY_MS,
    overlapMs: 2 * DAY_MS,
    optional: true,
    read: (span) => dailyUsage(api, span),
  },
  { name: 'spend', stepMs: Infinity, overlapMs: DAY_MS, optional: true, read: (span) => spend(api, span) },
];

async function* members(api: Pick<VendorApi, 'get'>, span: Span): AsyncGenerator<PartReading> {
  const found = await readMembers(api);
  const holding = new Set(seatHolders(found));
  const seats = found.map((member) => ({
    email: member.email,
    assistant: 'cursor' as const,
    holds: holding.has(member),
  }));
  yield { span, dateMs: null, fetched: found.length, unreadable: 0, seats };
}

async function* dailyUsage(api: Pick<VendorApi, 'post'>, span: Span): AsyncGenerator<PartReading> {
  const { rows, unreadable, dateMs } = await readDailyUsage(api, daysOf(span));
  yield {
    span,
    dateMs,
    fetched: rows.length + unreadable,
    unreadable,
    figures: rows.flatMap(figuresOf),
  };
}

const FIGURES: readonly (readonly [FigureName, keyof CursorDay])[] = [
  ['lines-added', 'linesAdded'],
  ['lines-removed', 'linesRemoved'],
  ['accepted-lines-added', 'acceptedLinesAdded'],
  ['accepted-lines-removed', 'acceptedLinesRemoved'],
  ['edits-accepted', 'accepted'],
  ['edits-rejected', 'rejected'],
  ['tabs-shown', 'tabsShown'],
  ['tabs-accepted', 'tabsAccepted'],
];

const figuresOf = (row: CursorDay): DailyFigure[] =>
  FIGURES.flatMap(([name, member]) => {
    const value = Number(row[member]);
    const actor = `email:${row.email}`;
    return value === 0 ? [] : [{ day: row.day, assistant: 'cursor', reporter: DAILY_REPORTER, actor, name, value }];
  });

/** Of the billing cycle that runs: the sum stands at the day on which it began. */
async function* spend(api: Pick<VendorApi, 'post'>, span: Span): AsyncGenerator<PartReading> {
  const { cycleStartMs, members: rows } = await readSpend(api);
  const figures =
    cycleStartMs === null
      ? []
      : rows.map(({ email, onDemandMicros }): DailyFigure => ({
          day: utcDay(cycleStartMs),
          assistant: 'cursor',
          reporter: SPEND_REPORTER,
          actor: `email:${email}`,
          name: 'cycle-spend-micros',
          value: onDemandMicros,
        }));
  yield { span, dateMs: null, fetched: rows.length, unreadable: 0, figures };
}
