import type { Roster } from '../../src/reports/context.ts';
import type { DirectoryRow, Store } from '../../src/store/store.ts';
import type { Activity, Assistant, EventState } from '../../src/usage/event.ts';
import { eventId } from '../../src/usage/identity.ts';
import type { ObservationInput } from '../../src/usage/merge.ts';
import { observe } from '../../src/usage/merge.ts';
import type { PullRequest } from '../../src/usage/pull-request.ts';
import type { Seat } from '../../src/usage/seat.ts';
import { billingOf } from '../../src/usage/tiers.ts';
import { WORKFLOWS } from '../../src/usage/workflow.ts';

/**
 * An organisation of 60 people over 120 days, always the same, in which everything happens that reports must get
 * right. Both changes of clocks of that autumn lie in it: Europe on 25 October, America on 1 November.
 */

const DAY = 86_400_000;
const MINUTE = 60_000;
/** A Monday. */
export const SEED_FROM = Date.UTC(2026, 6, 20);
export const SEED_DAYS = 120;
export const SEED_TO = SEED_FROM + SEED_DAYS * DAY;

/** What people do that is worth a test. */
export const SEED_PEOPLE = {
  power: 'email:dev0@acme.com',
  /** First seen on day 80. */
  new: 'email:dev1@acme.com',
  /** Last seen on day 69. */
  churned: 'email:dev2@acme.com',
  /** Holds a seat and never does anything. */
  idle: 'email:dev3@acme.com',
  /** Works through an API key that is mapped from day 90 on. */
  key: 'email:dev4@acme.com',
  /** Known by three names. */
  aliases: 'email:dev5@acme.com',
  /** Moves from one team to another on day 60. */
  mover: 'email:dev6@acme.com',
  /** Only one request a session. */
  shallow: 'email:dev7@acme.com',
} as const;

export const SEED_KEY = 'anthropic-key:apikey_01seed';
/** On these days nothing of a certain person has a price. */
export const UNKNOWN_MODEL = 'mystery-model-9';

export interface SeededOrganization {
  observations: ObservationInput[];
  events: EventState[];
  activities: Activity[];
  directory: DirectoryRow[];
  roster: Roster;
  pullRequests: PullRequest[];
}

/** Numbers that are the same on every machine and in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Draft = Omit<ObservationInput, 'id' | 'org'>;

interface Person {
  index: number;
  person: string;
  actor: (day: number) => string | null;
  assistant: Assistant;
  tier: string | null;
  /** From which day to which. */
  from: number;
  to: number;
  /** How likely a working day is one of use. */
  zeal: number;
}

const MODELS: Readonly<Partial<Record<Assistant, readonly string[]>>> = {
  // The first has no price before 22 September.
  'claude-code': ['claude-opus-5-5', 'claude-opus-4-8', 'claude-sonnet-5', 'claude-haiku-4-5'],
  'claude-cowork': ['claude-sonnet-5'],
  'gemini-cli': ['gemini-3-pro-preview', 'gemini-2.5-flash'],
  cursor: ['claude-sonnet-5', 'gpt-5'],
  openai: ['gpt-5-codex'],
};
const PROJECTS = ['web', 'api', 'billing', 'mobile', null] as const;

const email = (index: number): string => `email:dev${index}@acme.com`;
const teamOf = (index: number): string | null => (index % 12 === 11 ? null : `team-${index % 6}`);
const departmentOf = (index: number): string | null =>
  teamOf(index) === null ? null : index % 6 < 3 ? 'product' : 'platform';

function assistantOf(index: number): Assistant {
  if (index < 8) return 'claude-code';
  if (index % 5 === 0) return 'cursor';
  if (index % 7 === 0) return 'gemini-cli';
  if (index % 11 === 0) return 'claude-cowork';
  return 'claude-code';
}

function tierOf(index: number, assistant: Assistant): string | null {
  if (assistant === 'cursor') return index % 2 === 0 ? 'pro' : 'business';
  if (assistant !== 'claude-code') return null;
  return ['max_20x', 'pro', 'max_5x', 'pro', 'api', 'enterprise', null][index % 7] ?? null;
}

function people(): Person[] {
  return Array.from({ length: 60 }, (_, index) => {
    const assistant = assistantOf(index);
    const person: Person = {
      index,
      person: email(index),
      actor: () => email(index),
      assistant,
      tier: tierOf(index, assistant),
      from: 0,
      to: SEED_DAYS,
      zeal: 0.35 + (index % 5) * 0.1,
    };
    if (index === 0) return { ...person, zeal: 0.98 };
    if (index === 1) return { ...person, from: 80, zeal: 0.8 };
    if (index === 2) return { ...person, to: 70, zeal: 0.8 };
    if (index === 3) return { ...person, to: 0 };
    if (index === 4) return { ...person, actor: () => SEED_KEY, zeal: 0.8 };
    if (index === 5)
      return { ...person, actor: (day) => [email(5), 'email:ada.five@gmail.com', 'user:abc123'][day % 3] ?? null };
    // A machine that was never told whose it is.
    if (index === 58) return { ...person, actor: () => null };
    return person;
  });
}

function tokens(random: () => number) {
  const integer = (below: number): number => Math.floor(random() * below);
  return {
    inputTokens: integer(2_000),
    outputTokens: integer(3_000),
    cacheReadTokens: integer(90_000),
    cacheWrite5mTokens: integer(4_000),
    cacheWrite1hTokens: integer(10) === 0 ? integer(2_000) : 0,
    reasoningTokens: integer(4) === 0 ? integer(200) : 0,
  };
}

/** One sitting of a person: a session, or a run of Cursor's. */
function session(person: Person, startMs: number, name: string, random: () => number): Draft[] {
  const { assistant, index } = person;
  const day = Math.floor((startMs - SEED_FROM) / DAY);
  const calls = index === 7 ? 1 : 1 + Math.floor(random() * 6);
  const models = MODELS[assistant] ?? [];
  const drafts: Draft[] = [];
  let atMs = startMs;
  for (let i = 0; i < calls; i++) {
    const agent =
      assistant === 'cursor' ? null : random() < 0.7 ? 'main' : random() < 0.7 ? 'explore' : 'background:title';
    const unknown = index === 9 && day % 10 === 3;
    const model = unknown ? UNKNOWN_MODEL : (models[Math.floor(random() * models.length)] ?? null);
    const billed = assistant === 'cursor' && random() < 0.1 ? Math.floor(random() * 90_000) : null;
    drafts.push({
      atMs,
      assistant,
      source: assistant === 'cursor' ? 'sync' : 'telemetry',
      actor: person.actor(day),
      sessionId: assistant === 'cursor' ? null : name,
      promptId: assistant === 'cursor' ? null : `${name}-p${Math.floor(i / 2)}`,
      organization: index % 3 === 0 ? 'Acme' : 'Globex',
      product: index % 4 === 0 ? 'Checkout' : null,
      project: PROJECTS[(index + Math.floor(random() * 2)) % PROJECTS.length] ?? null,
      repository: random() < 0.5 ? `repo-${index % 4}` : null,
      agent,
      model,
      ...tokens(random),
      tier: person.tier,
      billing: billingOf(assistant, person.tier),
      billedMicros: billed,
      durationMs: random() < 0.9 ? 500 + Math.floor(random() * 60_000) : null,
      ttftMs: random() < 0.9 ? 100 + Math.floor(random() * 2_000) : null,
      status: random() < 0.03 ? 'error' : 'ok',
      partial: random() < 0.02,
      webSearches: random() < 0.02 ? 1 : null,
    });
    // Mostly a few minutes, now and then a long pause.
    atMs += random() < 0.12 ? 31 * MINUTE + Math.floor(random() * 90) * MINUTE : Math.floor(random() * 12 * MINUTE);
  }
  return drafts;
}

function usageOf(person: Person, random: () => number): Draft[] {
  const drafts: Draft[] = [];
  for (let day = person.from; day < person.to; day++) {
    const weekend = day % 7 >= 5;
    if (random() > (weekend ? person.zeal / 5 : person.zeal)) continue;
    const sittings = person.index === 0 ? 3 : 1 + Math.floor(random() * 1.6);
    for (let i = 0; i < sittings; i++) {
      // From early morning to past midnight, so that days differ by zone.
      const minute = 5 * 60 + Math.floor(random() * 20 * 60);
      const startMs = SEED_FROM + day * DAY + minute * MINUTE + Math.floor(random() * MINUTE);
      drafts.push(...session(person, startMs, `s-${person.index}-${day}-${i}`, random));
    }
  }
  return drafts;
}

/** What a vendor's daily report says of some people: beside their telemetry, larger, smaller or alone. */
function reports(all: readonly Person[], random: () => number): Draft[] {
  return all
    .filter(({ index, assistant }) => assistant === 'claude-code' && index >= 20 && index < 30)
    .flatMap((person) =>
      Array.from({ length: 30 }, (_, i): Draft[] => {
        const day = 40 + i;
        if (random() < 0.4) return [];
        const big = random() < 0.5;
        const base = {
          atMs: SEED_FROM + day * DAY + DAY / 2,
          assistant: 'claude-code',
          source: 'report',
          granularity: 'day',
          actor: person.person,
          model: 'claude-opus-5-5',
          inputTokens: big ? 900_000 : 10,
          outputTokens: 1_000,
          cacheReadTokens: 20_000,
          requests: 7,
          sessions: 2,
          billing: 'metered',
          billedMicros: random() < 0.5 ? 123_456 : null,
        } as const;
        const claude: Draft = { ...base, reporter: 'anthropic-claude-code' };
        const messages: Draft = { ...base, reporter: 'anthropic-messages', inputTokens: 500, sessions: null };
        return i % 3 === 0 ? [claude, messages] : [claude];
      }).flat(),
    );
}

/** At the minutes where clocks change in New York and in Berlin, and around midnight of both and of Kolkata. */
function atTheClocks(person: Person): Draft[] {
  const instants = [
    '2026-11-01T05:45:00Z',
    '2026-11-01T06:15:00Z',
    '2026-10-25T00:45:00Z',
    '2026-10-25T01:00:00Z',
    '2026-10-25T01:15:00Z',
    '2026-10-24T22:05:00Z',
    '2026-10-25T23:05:00Z',
    '2026-10-15T18:29:00Z',
    '2026-10-15T18:31:00Z',
    '2026-10-31T23:30:00Z',
  ];
  return instants.map((instant, i) => ({
    atMs: Date.parse(instant),
    assistant: 'claude-code',
    source: 'telemetry',
    actor: person.person,
    sessionId: `clock-${person.index}-${i}`,
    model: 'claude-opus-5-5',
    project: 'clock',
    inputTokens: 1_000 + i,
    outputTokens: 10,
    tier: person.tier,
    billing: billingOf('claude-code', person.tier),
    durationMs: 1_000,
  }));
}

function activitiesOf(events: readonly ObservationInput[], org: string): Activity[] {
  const random = seededRandom(77);
  const labels = seededRandom(78);
  const tools = ['Edit', 'Write', 'Read', 'Grep', 'Bash'];
  const seen = new Set<string>();
  return events.flatMap((event, n): Activity[] => {
    if (typeof event.promptId !== 'string' || event.assistant !== 'claude-code' || seen.has(event.promptId)) return [];
    seen.add(event.promptId);
    const base = {
      org,
      assistant: event.assistant,
      actor: event.actor ?? null,
      sessionId: event.sessionId ?? null,
      promptId: event.promptId,
      organization: event.organization ?? null,
      product: event.product ?? null,
      project: event.project ?? null,
      repository: event.repository ?? null,
      // As clients have it: what tools did names neither.
      agent: null,
      model: null,
      version: null,
      durationMs: null,
      size: null,
      decidedBy: null,
    };
    const count = Math.floor(random() * 4);
    // What the machine told: of two prompts in seven, of one of them twice with the later word first; also of some without results.
    const told = Array.from({ length: Math.max(0, Math.floor(labels() * 7) - 4) }, (_, i): Activity => {
      const name = WORKFLOWS[Math.floor(labels() * WORKFLOWS.length)] ?? 'other';
      const atMs = event.atMs + 10_000 - i * 2_000;
      const id = eventId(['seed-activity', 'label', n, i]);
      return { ...base, id, atMs, kind: 'prompt-workflow', name, outcome: null };
    });
    const used = Array.from({ length: count }, (_, i): Activity[] => {
      const name = tools[Math.floor(random() * tools.length)] ?? 'Edit';
      const atMs = event.atMs + (i + 1) * 1_000;
      const id = (kind: string): string => eventId(['seed-activity', kind, n, i]);
      const result: Activity = {
        ...{ ...base, id: id('result'), atMs, kind: 'tool-result', name },
        // Some clients are set up not to name it; what machines tell names it all the same.
        sessionId: n % 3 === 0 ? null : base.sessionId,
        outcome: String(random() > 0.2),
      };
      if (name !== 'Edit' && name !== 'Write') return [result];
      const decidedBy = random() < 0.5 ? 'config' : 'user_temporary';
      const decision: Activity = {
        ...{ ...base, id: id('decision'), atMs: atMs - 500, kind: 'tool-decision', name, decidedBy },
        outcome: random() < 0.8 ? 'accept' : 'reject',
      };
      return [decision, result];
    }).flat();
    return [...used, ...told];
  });
}

const OPEN = Date.UTC(2100, 0, 1);

function directoryOf(all: readonly Person[]): DirectoryRow[] {
  const segment = (index: number, actor: string, fromMs = 0, toMs = OPEN, team = teamOf(index)): DirectoryRow => ({
    ...{ actor, fromMs, toMs, person: email(index), team },
    department: team === null ? null : departmentOf(index),
  });
  const moved = SEED_FROM + 60 * DAY;
  return all.flatMap(({ index }) => {
    if (index === 4) return [segment(4, email(4)), segment(4, SEED_KEY, SEED_FROM + 90 * DAY)];
    if (index === 5) return [email(5), 'email:ada.five@gmail.com', 'user:abc123'].map((actor) => segment(5, actor));
    if (index === 6) return [segment(6, email(6), 0, moved), segment(6, email(6), moved, OPEN, 'team-1')];
    // Nobody has put the last one on the roster.
    return index === 59 ? [] : [segment(index, email(index))];
  });
}

function seatsOf(all: readonly Person[]): Seat[] {
  const seat = (index: number, tier: string, dollars: number, from = 0, to: number | null = null): Seat => ({
    person: email(index),
    assistant: assistantOf(index),
    ...{ tier, plan: tier },
    monthlyMicros: dollars * 1_000_000,
    fromMs: SEED_FROM + from * DAY,
    toMs: to === null ? null : SEED_FROM + to * DAY,
  });
  return all.flatMap(({ index, assistant, tier }) => {
    if (index === 3) return [seat(3, 'max_5x', 100)];
    if (index === 6) return [seat(6, 'pro', 20, 0, 45), seat(6, 'max_20x', 200, 45)];
    // The roster knows nothing of Cursor: there the tier seen in the data stands.
    if (assistant !== 'claude-code' || tier === null || tier === 'api' || index > 50) return [];
    return [
      seat(index, tier, { pro: 20, max_5x: 100, max_20x: 200, enterprise: 20 }[tier] ?? 0, index % 4 === 1 ? 30 : 0),
    ];
  });
}

function pullRequestsOf(all: readonly Person[]): PullRequest[] {
  const random = seededRandom(5);
  return all
    .filter(({ index }) => index % 2 === 0)
    .flatMap(({ index }) =>
      Array.from({ length: Math.floor(random() * 12) }, (_, n): PullRequest => {
        const signed = random();
        return {
          repository: `acme/repo-${index % 4}`,
          number: index * 100 + n,
          mergedAtMs: SEED_FROM + Math.floor(random() * SEED_DAYS * DAY),
          actor: index % 4 === 0 ? email(index) : `github:dev${index}`,
          email: index % 4 === 0 ? null : `dev${index}@acme.com`,
          isBot: false,
          additions: 10,
          deletions: 5,
          commits: 2,
          commitTools: signed < 0.4 ? ['claude-code'] : [],
          otherTools: signed < 0.6 ? ['claude-code'] : [],
          readAtMs: SEED_TO,
        };
      }),
    );
}

/** The organisation under a name; ids are its own. */
export function seededOrganization(org = 'seeded'): SeededOrganization {
  const random = seededRandom(20_260_720);
  const all = people();
  const drafts = [
    ...all.flatMap((person) => usageOf(person, random)),
    ...reports(all, random),
    ...all.filter(({ index }) => index === 0 || index === 12).flatMap(atTheClocks),
  ];
  const observations = drafts.map((draft, n): ObservationInput => ({ ...draft, org, id: eventId(['seed', org, n]) }));
  const details = all
    .filter(({ index }) => index !== 59)
    .map(({ index, person }) => {
      const team = index === 6 ? 'team-1' : teamOf(index);
      return [person, { name: `Dev ${index}`, team, department: departmentOf(index) }] as const;
    });
  return {
    observations,
    events: observations.map(observe),
    activities: activitiesOf(observations, org),
    directory: directoryOf(all),
    roster: { people: new Map(details), seats: seatsOf(all) },
    pullRequests: pullRequestsOf(all),
  };
}

const AT_ONCE = 4_000;

/** Puts the organisation into a store. */
export async function storeOrganization(store: Store, org: string, seeded: SeededOrganization): Promise<void> {
  const { events, activities, directory, pullRequests } = seeded;
  for (let i = 0; i < events.length; i += AT_ONCE)
    await store.write({ events: events.slice(i, i + AT_ONCE), activities: [] });
  for (let i = 0; i < activities.length; i += AT_ONCE)
    await store.write({ events: [], activities: activities.slice(i, i + AT_ONCE) });
  await store.replaceDirectory(org, directory);
  await store.writePullRequests(org, pullRequests);
}
