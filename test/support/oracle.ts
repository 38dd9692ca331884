import type { Roster } from '../../src/reports/context.ts';
import type { DirectoryRow } from '../../src/store/store.ts';
import type { ObservationInput } from '../../src/usage/merge.ts';

/**
 * What reports must answer, counted by plain loops over the events: no SQL, and nothing of what reports are made of.
 * Slow and simple on purpose.
 */

export interface OracleEvent {
  atMs: number;
  assistant: string;
  granularity: string;
  reporter: string | null;
  actor: string | null;
  sessionId: string | null;
  promptId: string | null;
  organization: string | null;
  product: string | null;
  project: string | null;
  repository: string | null;
  agent: string | null;
  model: string | null;
  tier: string | null;
  billing: string;
  requests: number;
  input: number;
  output: number;
  reasoning: number;
  cacheRead: number;
  cacheWrite: number;
  list: number | null;
  savings: number;
  billed: number | null;
  durationMs: number | null;
  ttftMs: number | null;
  isError: boolean;
  isPartial: boolean;
  person: string | null;
  team: string | null;
  department: string | null;
  /** Working time that the event ends. */
  activeMs: number;
  beginsRun: boolean;
  beginsPrompt: boolean;
}

const HALF_HOUR = 1_800_000;
const DAY = 86_400_000;

function whoIs(directory: readonly DirectoryRow[], actor: string | null, atMs: number) {
  const segment = directory.find((row) => row.actor === actor && row.fromMs <= atMs && atMs < row.toMs);
  return segment
    ? { person: segment.person, team: segment.team, department: segment.department }
    : { person: actor, team: null, department: null };
}

export interface OracleWorld {
  events: OracleEvent[];
  /** Those too of days for which another source stands. */
  all: readonly OracleEvent[];
  roster: Roster;
}

/** Lines up every lane, and marks what begins a run and a prompt. */
export function oracleWorld(
  observations: readonly ObservationInput[],
  directory: readonly DirectoryRow[],
  roster: Roster,
  priceOf: (observation: ObservationInput) => { list: number | null; savings: number | null },
): OracleWorld {
  const byActor = new Map<string | null, DirectoryRow[]>();
  for (const row of directory) byActor.set(row.actor, [...(byActor.get(row.actor) ?? []), row]);
  const sorted = observations
    .map((event) => ({ event, durationMs: event.durationMs ?? null }))
    .sort((a, b) => a.event.atMs - b.event.atMs || (b.durationMs ?? 0) - (a.durationMs ?? 0));
  const lastOfLane = new Map<string, number>();
  const lastOfPrompt = new Map<string, number>();
  const events = sorted.map(({ event, durationMs }): OracleEvent => {
    const granularity = event.granularity ?? 'call';
    const lane = `${event.assistant}|${(event.sessionId ?? null) === null ? `actor ${event.actor ?? ''}` : `session ${event.sessionId}`}`;
    const last = lastOfLane.get(`${lane}|${granularity}`);
    lastOfLane.set(`${lane}|${granularity}`, event.atMs);
    const beginsRun = granularity === 'call' && (last === undefined || event.atMs - last > HALF_HOUR);
    const day = Math.floor(event.atMs / DAY);
    let beginsPrompt = false;
    if ((event.promptId ?? null) !== null) {
      const background = event.agent?.startsWith('background:') ?? false;
      const prompt = `${lane}|${event.promptId}|${background}`;
      const before = lastOfPrompt.get(prompt);
      lastOfPrompt.set(prompt, day);
      beginsPrompt = !background && (before === undefined || day - before > 1);
    }
    const { list, savings } = priceOf(event);
    return {
      ...{ atMs: event.atMs, assistant: event.assistant, granularity, reporter: event.reporter ?? null },
      ...{ actor: event.actor ?? null, sessionId: event.sessionId ?? null, organization: event.organization ?? null },
      promptId: event.promptId ?? null,
      ...{ product: event.product ?? null, project: event.project ?? null, repository: event.repository ?? null },
      ...{ agent: event.agent ?? null, model: event.model ?? null, tier: event.tier ?? null },
      ...{ billing: event.billing ?? 'unknown', requests: event.requests ?? 1, input: event.inputTokens ?? 0 },
      ...{ output: event.outputTokens ?? 0, reasoning: event.reasoningTokens ?? 0 },
      cacheRead: event.cacheReadTokens ?? 0,
      cacheWrite: (event.cacheWrite5mTokens ?? 0) + (event.cacheWrite1hTokens ?? 0),
      ...{ list, savings: savings ?? 0, billed: event.billedMicros ?? null, durationMs, ttftMs: event.ttftMs ?? null },
      ...{ isError: event.status === 'error', isPartial: event.partial ?? false },
      ...whoIs(byActor.get(event.actor ?? null) ?? [], event.actor ?? null, event.atMs),
      activeMs: granularity !== 'call' ? 0 : beginsRun || last === undefined ? (durationMs ?? 0) : event.atMs - last,
      ...{ beginsRun, beginsPrompt },
    };
  });
  return { events: oneSource(events), all: events, roster };
}

/** Of a person's day of an assistant the largest source stands; calls where two are alike. */
function oneSource(events: readonly OracleEvent[]): OracleEvent[] {
  const dayOf = (e: OracleEvent): string => `${e.person}|${e.assistant}|${Math.floor(e.atMs / DAY)}`;
  const sourceOf = (e: OracleEvent): string => (e.granularity === 'call' ? '' : (e.reporter ?? 'day'));
  const sizes = new Map<string, Map<string, number>>();
  for (const e of events) {
    const sources = sizes.get(dayOf(e)) ?? new Map<string, number>();
    sources.set(sourceOf(e), (sources.get(sourceOf(e)) ?? 0) + e.input + e.output + e.cacheRead + e.cacheWrite);
    sizes.set(dayOf(e), sources);
  }
  const winner = (sources: Map<string, number>): string => {
    let best: [string, number] | null = null;
    for (const [name, size] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1)))
      if (best === null || size > best[1]) best = [name, size];
    return best?.[0] ?? '';
  };
  return events.filter((e) => sourceOf(e) === winner(sizes.get(dayOf(e)) ?? new Map<string, number>()));
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** `2026-03-29T14` as the zone's clocks show it. */
export function wallHour(ms: number, tz: string): string {
  let formatter = formatters.get(tz);
  if (!formatter) {
    const options = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' } as const;
    formatters.set(tz, (formatter = new Intl.DateTimeFormat('sv-SE', { timeZone: tz, ...options })));
  }
  return formatter.format(ms).replace(' ', 'T').slice(0, 13);
}

const dayCache = new Map<string, string>();

/** `2026-03-29` */
export function wallDay(ms: number, tz: string): string {
  const key = `${tz}|${Math.floor(ms / 900_000)}`;
  let day = dayCache.get(key);
  if (day === undefined) dayCache.set(key, (day = wallHour(ms, tz).slice(0, 10)));
  return day;
}

const QUARTER = 900_000;
const quartersOfDay = new Map<string, number>();

function lengthOfDay(day: string, tz: string): number {
  const key = `${tz}|${day}`;
  const known = quartersOfDay.get(key);
  if (known !== undefined) return known;
  let quarters = 0;
  const noon = Date.parse(`${day}T12:00:00Z`);
  for (let ms = noon - 40 * 3_600_000; ms < noon + 40 * 3_600_000; ms += QUARTER)
    if (wallDay(ms, tz) === day) quarters++;
  quartersOfDay.set(key, quarters);
  return quarters;
}

/** Months (`2026-03`) and how much of each lies between two instants. */
export function monthShares(fromMs: number, toMs: number, tz: string): Map<string, number> {
  const quarters = new Map<string, number>();
  for (let ms = fromMs; ms < toMs; ms += QUARTER) {
    const day = wallDay(ms, tz);
    quarters.set(day, (quarters.get(day) ?? 0) + 1);
  }
  const shares = new Map<string, number>();
  for (const [day, count] of quarters) {
    const month = day.slice(0, 7);
    const [year = 0, number = 1] = month.split('-').map(Number);
    const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
    shares.set(month, (shares.get(month) ?? 0) + count / lengthOfDay(day, tz) / days);
  }
  return shares;
}

export interface OracleFilter {
  people?: readonly string[];
  teams?: readonly string[];
  departments?: readonly string[];
  organizations?: readonly string[];
  assistants?: readonly string[];
  models?: readonly string[];
  projects?: readonly string[];
  repositories?: readonly string[];
  agents?: readonly string[];
}

const passes = (values: readonly string[] | undefined, value: string | null): boolean =>
  values === undefined || values.length === 0 || (value !== null && values.includes(value));

export const matchesFilter = (e: OracleEvent, f: OracleFilter): boolean =>
  passes(f.people, e.person) &&
  passes(f.teams, e.team) &&
  passes(f.departments, e.department) &&
  passes(f.organizations, e.organization) &&
  passes(f.assistants, e.assistant) &&
  passes(f.models, e.model) &&
  passes(f.projects, e.project) &&
  passes(f.repositories, e.repository) &&
  passes(f.agents, e.agent);

export interface OracleSpan {
  fromMs: number;
  toMs: number;
  tz: string;
}

export const during = (events: readonly OracleEvent[], { fromMs, toMs }: OracleSpan): OracleEvent[] =>
  events.filter((e) => e.atMs >= fromMs && e.atMs < toMs);

const DEFAULT_PRICES: Readonly<Record<string, number>> = {
  'claude-code|pro': 20_000_000,
  'claude-code|max_5x': 100_000_000,
  'claude-code|max_20x': 200_000_000,
  'claude-code|team_premium': 125_000_000,
  'claude-code|enterprise': 20_000_000,
  'cursor|pro': 20_000_000,
  'cursor|business': 40_000_000,
};

/** What each (person, assistant) seat costs in a span. */
export function seatPrices(world: OracleWorld, span: OracleSpan): Map<string, { micros: number; assumed: boolean }> {
  const { seats } = world.roster;
  const rostered = new Set(seats.map(({ assistant }) => assistant as string));
  const prices = new Map<string, { micros: number; assumed: boolean }>();
  const add = (key: string, micros: number, assumed: boolean): void =>
    void prices.set(key, { micros: (prices.get(key)?.micros ?? 0) + micros, assumed });
  for (const seat of seats) {
    const [fromMs, toMs] = [Math.max(span.fromMs, seat.fromMs), Math.min(span.toMs, seat.toMs ?? span.toMs)];
    for (const share of monthShares(fromMs, toMs, span.tz).values())
      add(`${seat.person}|${seat.assistant}`, Math.round(seat.monthlyMicros * share), false);
  }
  const dearest = new Map<string, number>();
  for (const e of during(world.events, span)) {
    if (rostered.has(e.assistant)) continue;
    const key = `${e.person ?? ''}|${e.assistant}|${wallDay(e.atMs, span.tz).slice(0, 7)}`;
    dearest.set(key, Math.max(dearest.get(key) ?? 0, DEFAULT_PRICES[`${e.assistant}|${e.tier}`] ?? 0));
  }
  const shares = monthShares(span.fromMs, span.toMs, span.tz);
  for (const [key, price] of dearest) {
    const [person = '', assistant = '', month = ''] = key.split('|');
    if (price > 0) add(`${person}|${assistant}`, Math.round(price * (shares.get(month) ?? 0)), true);
  }
  return prices;
}

export interface OracleSeats {
  /** Of the events, exactly, for each of them: micro-dollars as real numbers. */
  shareOf: Map<OracleEvent, number>;
  micros: number;
  assumed: number;
  unused: number;
}

/** Seats by plain proportion: what the filter leaves of each holder's use. */
export function seatCosts(world: OracleWorld, span: OracleSpan, filter: OracleFilter): OracleSeats {
  const use = new Map<string, OracleEvent[]>();
  for (const e of during(world.events, span)) {
    const key = `${e.person ?? ''}|${e.assistant}`;
    use.set(key, [...(use.get(key) ?? []), e]);
  }
  const result: OracleSeats = { shareOf: new Map(), micros: 0, assumed: 0, unused: 0 };
  const aboutWork = [filter.organizations, filter.models, filter.projects, filter.repositories, filter.agents].some(
    (values) => values !== undefined && values.length > 0,
  );
  for (const [key, { micros, assumed }] of seatPrices(world, span)) {
    const events = use.get(key) ?? [];
    const [person = '', assistant = ''] = key.split('|');
    if (events.length === 0) {
      const details = world.roster.people.get(person);
      const inFilter =
        passes(filter.people, person) &&
        passes(filter.assistants, assistant) &&
        passes(filter.teams, details?.team ?? null) &&
        passes(filter.departments, details?.department ?? null);
      if (inFilter && !aboutWork) result.unused += micros;
      continue;
    }
    const list = events.reduce((sum, e) => sum + (e.list ?? 0), 0);
    const weightOf = (e: OracleEvent): number => (list > 0 ? (e.list ?? 0) : e.requests);
    const all = events.reduce((sum, e) => sum + weightOf(e), 0);
    if (all === 0) continue;
    const mine = events.filter((e) => matchesFilter(e, filter));
    const part = mine.reduce((sum, e) => sum + weightOf(e), 0);
    const rounded = Number((BigInt(micros) * BigInt(part) * 2n + BigInt(all)) / (BigInt(all) * 2n));
    result.micros += rounded;
    if (assumed) result.assumed += rounded;
    for (const e of mine) result.shareOf.set(e, (micros * weightOf(e)) / all);
  }
  return result;
}

/** All figures of some events, by the names of the API; without seats. */
export function countEvents(events: readonly OracleEvent[], tz: string) {
  const calls = events.filter((e) => e.granularity === 'call');
  const sum = (of: (e: OracleEvent) => number, among = events): number => among.reduce((total, e) => total + of(e), 0);
  const sessionIds = new Set(calls.flatMap((e) => e.sessionId ?? [])).size;
  const runs = calls.filter((e) => e.sessionId === null && e.beginsRun).length;
  const reported = sum((e) => (e.granularity === 'day' ? (e.reporter === 'anthropic-claude-code' ? 2 : 0) : 0));
  const people = new Set(events.flatMap((e) => e.person ?? [])).size;
  const activeDays = new Set(events.flatMap((e) => (e.person === null ? [] : [`${e.person}|${wallDay(e.atMs, tz)}`])))
    .size;
  const timed = calls.filter((e) => e.durationMs !== null);
  const estimated = (e: OracleEvent): boolean => e.billed === null && e.billing !== 'seat';
  return {
    sessions: sessionIds + runs + reported,
    timedSessions: sessionIds + runs,
    requests: sum((e) => e.requests),
    people,
    activeDays,
    prompts: events.filter((e) => e.beginsPrompt).length,
    input: sum((e) => e.input),
    output: sum((e) => e.output),
    reasoning: sum((e) => e.reasoning),
    cacheRead: sum((e) => e.cacheRead),
    cacheWrite: sum((e) => e.cacheWrite),
    list: sum((e) => e.list ?? 0),
    seatList: sum((e) => (e.billing === 'seat' ? (e.list ?? 0) : 0)),
    direct: sum((e) => (estimated(e) ? (e.list ?? 0) : (e.billed ?? 0))),
    estimated: sum((e) => (estimated(e) ? (e.list ?? 0) : 0)),
    savings: sum((e) => e.savings),
    activeMs: sum((e) => e.activeMs),
    durationMs: sum((e) => e.durationMs ?? 0, timed),
    timedRequests: sum((e) => e.requests, timed),
    unpriced: sum((e) => (e.list === null ? e.requests : 0)),
    partial: sum((e) => (e.isPartial ? e.requests : 0)),
    errors: sum((e) => (e.isError ? e.requests : 0)),
  };
}

const divided = (a: number, b: number): number | null => (b === 0 ? null : a / b);
const rounded = (a: number, b: number): number | null => (b === 0 ? null : Math.round(a / b));

/** By the names of the API. */
export function oracleFigures(
  c: ReturnType<typeof countEvents>,
  seats: { micros: number; assumed: number; unused: number },
  days: number,
): Record<string, number | null> {
  const tokens = c.input + c.output + c.cacheRead + c.cacheWrite;
  const subscription = seats.micros + seats.unused;
  const cost = subscription + c.direct;
  return {
    totalSessions: c.sessions,
    totalRequests: c.requests,
    uniqueUsers: c.people,
    activeDays: c.activeDays,
    exchanges: c.prompts,
    totalTokens: tokens,
    workTokens: tokens - c.cacheRead,
    inputTokens: c.input,
    outputTokens: c.output,
    reasoningTokens: c.reasoning,
    cacheReadTokens: c.cacheRead,
    cacheWriteTokens: c.cacheWrite,
    apiEquivalentMicros: c.list,
    costMicros: cost,
    subscriptionCostMicros: subscription,
    meteredCostMicros: c.direct,
    estimatedCostMicros: c.estimated + seats.assumed,
    unusedSeatMicros: seats.unused,
    cacheSavingsMicros: c.savings,
    cacheHitRate: divided(c.cacheRead, c.cacheRead + c.cacheWrite + c.input),
    valueMultiple: divided(c.seatList, subscription),
    costPerActiveUserMicros: rounded(subscription, c.people),
    averageCostPerSessionMicros: rounded(cost, c.sessions),
    sessionsPerSubscriptionDollar: divided(c.sessions * 1e6, subscription),
    tokensPerSubscriptionDollar: divided(tokens * 1e6, subscription),
    averageSessionDurationMs: rounded(c.activeMs, c.timedSessions),
    workingMs: c.activeMs,
    averageRequestDurationMs: rounded(c.durationMs, c.timedRequests),
    usageFrequency: divided(c.activeDays * 7, c.people * days),
    sessionsPerUser: divided(c.sessions, c.people),
    sessionsPerActiveDay: divided(c.sessions, c.activeDays),
    exchangesPerSession: c.prompts === 0 ? null : divided(c.prompts, c.sessions),
    requestsPerSession: divided(c.requests, c.sessions),
    tokensPerSession: rounded(tokens, c.sessions),
    unpricedRequests: c.unpriced,
    partialRequests: c.partial,
    errorRequests: c.errors,
  };
}
