import { adoption } from '../../../reports/adoption.ts';
import { anomalies } from '../../../reports/anomalies.ts';
import { breakdown } from '../../../reports/breakdown.ts';
import type { ReportContext } from '../../../reports/context.ts';
import { forecast } from '../../../reports/forecast.ts';
import type { Question } from '../../../reports/usage.ts';
import { EVERYBODY } from '../../../reports/visibility.ts';
import type { Assistant } from '../../../usage/event.ts';
import { seatChains } from '../../../usage/seat.ts';
import type { GoalValues } from '../goals.ts';
import type { AlertFacts } from './evaluate.ts';

const DAY_MS = 86_400_000;
/** How far adoption is looked back. */
const ADOPTION_DAYS = 30;
/** Seats given longer ago than this are no newcomers any more. */
const NEWCOMER_DAYS = 37;
/** Spikes of the day before, and of the present one. */
const SPIKE_DAYS = 2;

/** Asks the reports what the rules need to know. */
export async function gatherFacts(org: string, context: ReportContext, goals: GoalValues): Promise<AlertFacts> {
  const { nowMs, syncs } = context;
  const about = (days: number, filter: Partial<Question['filter']> = {}): Question => ({
    context,
    filter: { org, visibility: EVERYBODY, ...filter },
    range: { fromMs: nowMs - days * DAY_MS, toMs: nowMs, tz: 'UTC' },
  });
  const { figures } = await adoption(about(ADOPTION_DAYS));
  const budgets = [];
  for (const { team, monthlyMicros } of goals.budgets) {
    const { month, forecastMicros } = await forecast(about(1, team === null ? {} : { teams: [team] }));
    budgets.push({ team, month, budgetMicros: monthlyMicros, forecastMicros });
  }
  return {
    nowMs,
    adoption: { rate: figures.adoptionRate, target: goals.adoptionRate },
    newcomers: await newcomersOf(context, about),
    budgets,
    spikes: (await anomalies(about(SPIKE_DAYS))).map((spike) => ({
      ...spike,
      name: spike.kind === 'person' ? (context.roster.people.get(spike.who)?.name ?? null) : null,
    })),
    syncs,
  };
}

/** Seats given of late whose holders have not used them once. */
async function newcomersOf(
  { nowMs, roster }: ReportContext,
  about: (days: number, filter: Partial<Question['filter']>) => Question,
): Promise<AlertFacts['newcomers']> {
  const chainOf = seatChains(roster.seats);
  const fresh = roster.seats.flatMap((seat) => {
    const { fromMs, toMs } = seat;
    if (fromMs > nowMs || (toMs !== null && toMs <= nowMs)) return [];
    // Another plan or price makes nobody a newcomer.
    const sinceMs = chainOf(seat).at(-1)?.fromMs ?? fromMs;
    return sinceMs > nowMs - NEWCOMER_DAYS * DAY_MS ? [{ ...seat, fromMs: sinceMs }] : [];
  });
  const used = new Map<Assistant, ReadonlySet<string | null>>();
  for (const assistant of new Set(fresh.map((seat) => seat.assistant))) {
    const { rows } = await breakdown(about(NEWCOMER_DAYS, { assistants: [assistant] }), { by: 'user' });
    used.set(assistant, new Set(rows.filter(({ unusedSeats }) => !unusedSeats).map(({ key }) => key)));
  }
  return fresh
    .filter(({ person, assistant }) => used.get(assistant)?.has(person) !== true)
    .map(({ person, assistant, fromMs }) => ({
      ...{ person, assistant, fromMs },
      name: roster.people.get(person)?.name ?? null,
    }));
}
