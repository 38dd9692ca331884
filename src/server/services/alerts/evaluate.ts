import type { SyncState } from '../../../reports/context.ts';
import type { Assistant } from '../../../usage/event.ts';
import type { Alert, AlertLimits } from './alert.ts';

/** What is known of an organisation when it is looked at. */
export interface AlertFacts {
  nowMs: number;
  adoption: { rate: number | null; target: number | null };
  /** Seats held since `fromMs` and never used. */
  newcomers: readonly { person: string; name: string | null; assistant: Assistant; fromMs: number }[];
  budgets: readonly { team: string | null; month: string; budgetMicros: number; forecastMicros: number }[];
  spikes: readonly {
    kind: 'person' | 'team';
    who: string;
    /** Of a person, where the roster has one. */
    name: string | null;
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
/** Cut, not rounded: what is under a target must not look as if it had reached it. */
const percent = (share: number): string => `${Math.floor(share * 1000 + 1e-9) / 10} %`;
const plain = (person: string): string => person.replace(/^email:/, '');
/** What people call it, and how it is set up on a machine of theirs; null: there is nothing to set up. */
const ASSISTANTS: Readonly<Record<Assistant, readonly [string, string | null]>> = {
  'claude-code': ['Claude Code', 'revenium-metering setup'],
  'claude-cowork': ['Claude Cowork', null],
  'gemini-cli': ['Gemini CLI', 'revenium-gemini setup'],
  cursor: ['Cursor', null],
  openai: ['OpenAI', null],
};
const VENDORS: Readonly<Record<string, string>> = {
  ...{ anthropic: 'Anthropic', openai: 'OpenAI', cursor: 'Cursor', github: 'GitHub' },
};
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
    .map(({ person, name, assistant, fromMs }) => {
      const [title, setup] = ASSISTANTS[assistant];
      return {
        rule: 'newcomer',
        subject: `${person} ${assistant} ${dayOf(fromMs)}`,
        title: `${name ?? plain(person)} has not had a first session with ${title} yet`,
        text: `The seat is held since ${dayOf(fromMs)}. ${setup === null ? 'A hand with the beginning may help.' : `Setting up takes a minute: ${setup}.`}`,
      };
    });

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
  spikes.map(({ kind, who, name, date, apiEquivalentMicros, medianMicros, model }) => ({
    rule: 'spike',
    subject: `${kind} ${who} ${date}`,
    title: `${kind === 'team' ? `Team ${who}` : (name ?? plain(who))} used ${dollars(apiEquivalentMicros)} on ${date}`,
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
      title: `${VENDORS[vendor] ?? vendor} ${lastSuccessMs === null ? 'has never been read' : `was last read on ${dayOf(lastSuccessMs)}`}`,
      text: lastError ?? `No sync succeeded in ${staleSyncHours} hours.`,
    }));
}
