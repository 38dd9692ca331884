import type { SyncState } from '../../../reports/context.ts';
import type { Alert, AlertLimits } from './alert.ts';

/** What is known of an organisation when it is looked at. */
export interface AlertFacts {
  nowMs: number;
  adoption: { rate: number | null; target: number | null };
  /** Seats held since `fromMs` and never used. */
  newcomers: readonly { person: string; name: string | null; assistant: string; fromMs: number }[];
  budgets: readonly { team: string | null; month: string; budgetMicros: number; forecastMicros: number }[];
  spikes: readonly {
    kind: 'person' | 'team';
    who: string;
    date: string;
    apiEquivalentMicros: number;
    medianMicros: number;
    model: string | null;
  }[];
  syncs: readonly SyncState[];
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const dollars = (micros: number): string =>
  `$${(micros / 1e6).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const plain = (person: string): string => person.replace(/^email:/, '');
const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Everything worth saying, whether it was said before or not. */
export const alertsFrom = (facts: AlertFacts, limits: AlertLimits): Alert[] => [
  ...adoptionAlerts(facts),
  ...newcomerAlerts(facts, limits),
  ...budgetAlerts(facts),
  ...spikeAlerts(facts),
  ...syncAlerts(facts, limits),
];

/** Once a month: it does not change from day to day. */
function adoptionAlerts({ nowMs, adoption: { rate, target } }: AlertFacts): Alert[] {
  if (rate === null || target === null || rate >= target) return [];
  return [
    {
      rule: 'adoption',
      subject: monthOf(nowMs),
      title: `Adoption is ${percent(rate)}, under the target of ${percent(target)}`,
      text: 'Share of people with a seat who used it in the last 30 days. The page Adoption shows who could use a hand.',
    },
  ];
}

const newcomerAlerts = ({ nowMs, newcomers }: AlertFacts, { newcomerDays }: AlertLimits): Alert[] =>
  newcomers
    .filter(({ fromMs }) => nowMs - fromMs >= newcomerDays * DAY_MS)
    .map(({ person, name, assistant, fromMs }) => ({
      rule: 'newcomer',
      subject: `${person} ${assistant} ${dayOf(fromMs)}`,
      title: `${name ?? plain(person)} has not had a first session with ${assistant} yet`,
      text: `The seat is held since ${dayOf(fromMs)}. Setting up takes a minute: revenium-metering setup.`,
    }));

const budgetAlerts = ({ budgets }: AlertFacts): Alert[] =>
  budgets
    .filter(({ forecastMicros, budgetMicros }) => forecastMicros > budgetMicros)
    .map(({ team, month, budgetMicros, forecastMicros }) => ({
      rule: 'budget',
      subject: `${team ?? ''} ${month}`,
      title: `${team === null ? 'The organisation' : `Team ${team}`} is heading for ${dollars(forecastMicros)} in ${month}`,
      text: `The budget is ${dollars(budgetMicros)}. The page Value shows where the month is going.`,
    }));

const spikeAlerts = ({ spikes }: AlertFacts): Alert[] =>
  spikes.map(({ kind, who, date, apiEquivalentMicros, medianMicros, model }) => ({
    rule: 'spike',
    subject: `${kind} ${who} ${date}`,
    title: `${kind === 'team' ? `Team ${who}` : plain(who)} used ${dollars(apiEquivalentMicros)} on ${date}`,
    text: `The usual day is ${dollars(medianMicros)}${model === null ? '' : `; mostly ${model}`}.`,
  }));

function syncAlerts({ nowMs, syncs }: AlertFacts, { staleSyncHours }: AlertLimits): Alert[] {
  const oldestMs = nowMs - staleSyncHours * HOUR_MS;
  return syncs
    .filter(({ lastSuccessMs }) => lastSuccessMs === null || lastSuccessMs < oldestMs)
    .map(({ vendor, lastSuccessMs, lastError }) => ({
      rule: 'stale-sync',
      // Said again only after it had worked in between.
      subject: `${vendor} ${lastSuccessMs === null ? 'never' : dayOf(lastSuccessMs)}`,
      title: `${vendor} was last read ${lastSuccessMs === null ? 'never' : `on ${dayOf(lastSuccessMs)}`}`,
      text: lastError ?? `No sync succeeded in ${staleSyncHours} hours.`,
    }));
}
