import { BoundedMap } from './bounded-map.ts';
import type { EventState, Source, UsageValues } from './event.ts';
import { SOURCES, sourceBit } from './event.ts';

/**
 * Merge: the join of observations. Fields that must come from one place form a group; a group is the maximum by
 * (rank of its source, revision, value). That is a maximum over a total order, so joining is associative,
 * commutative and idempotent, and neither order nor repetition nor batching of arrivals can show in a figure.
 */

type Field = keyof UsageValues | 'assistant';
interface Group {
  name: string;
  fields: readonly Field[];
  /** Rank 0 is "says nothing". Higher wins before revision and value are looked at. */
  rank: Readonly<Record<Source, number>>;
  /** Whether an observation says anything of it; absent where every one does. */
  says?: (state: EventState) => boolean;
  earliest?: boolean;
}

const BY_SOURCE = { telemetry: 5, sync: 4, backfill: 3, report: 2, import: 1 } as const;
// Telemetry and session files count the same tokens, and either may hold a placeholder: the larger stands.
const TOKENS = { ...BY_SOURCE, telemetry: 3 } as const;
// Telemetry stamps completion; all others are levelled so that the earliest copy wins.
const TIME = { telemetry: 2, sync: 1, backfill: 1, report: 1, import: 1 } as const;

// With a function of its own for each: this runs for every record, and a property found by a variable name is slow.
const single = (field: keyof UsageValues, says?: Group['says']): Group => ({
  name: field,
  fields: [field],
  rank: BY_SOURCE,
  ...(says && { says }),
});

/** Append only: positions are stored (see `encodeProvenance`). */
export const GROUPS: readonly Group[] = [
  { name: 'time', fields: ['atMs'], rank: TIME, earliest: true },
  { name: 'output', fields: ['partial', 'outputTokens', 'reasoningTokens'], rank: TOKENS },
  { name: 'input', fields: ['inputTokens', 'cacheReadTokens'], rank: TOKENS },
  { name: 'cacheWrite', fields: ['cacheWrite1hTokens', 'cacheWrite5mTokens'], rank: BY_SOURCE },
  single('requests'),
  single('webSearches', ({ webSearches }) => webSearches !== null),
  {
    name: 'sessions',
    fields: ['reporter', 'sessions'],
    rank: BY_SOURCE,
    says: ({ reporter, sessions }) => reporter !== null || sessions !== null,
  },
  single('actor', ({ actor }) => actor !== null),
  single('login', ({ login }) => login !== null),
  single('sessionId', ({ sessionId }) => sessionId !== null),
  single('promptId', ({ promptId }) => promptId !== null),
  single('organization', ({ organization }) => organization !== null),
  single('product', ({ product }) => product !== null),
  single('project', ({ project }) => project !== null),
  single('repository', ({ repository }) => repository !== null),
  single('agent', ({ agent }) => agent !== null),
  single('model', ({ model }) => model !== null),
  single('version', ({ version }) => version !== null),
  {
    name: 'billing',
    fields: ['tier', 'billing'],
    rank: BY_SOURCE,
    says: ({ tier, billing }) => tier !== null || billing !== 'unknown',
  },
  single('serviceTier', ({ serviceTier }) => serviceTier !== null),
  single('inferenceGeo', ({ inferenceGeo }) => inferenceGeo !== null),
  single('speed', ({ speed }) => speed !== null),
  {
    name: 'duration',
    fields: ['durationMs', 'ttftMs'],
    rank: BY_SOURCE,
    says: ({ durationMs, ttftMs }) => durationMs !== null || ttftMs !== null,
  },
  {
    name: 'money',
    fields: ['reportedMicros', 'billedMicros'],
    rank: BY_SOURCE,
    says: ({ reportedMicros, billedMicros }) => reportedMicros !== null || billedMicros !== null,
  },
  single('status'),
  { name: 'assistant', fields: ['assistant'], rank: BY_SOURCE },
];

const NO_KEYS: readonly bigint[] = [];
const ZEROS: readonly number[] = GROUPS.map(() => 0);

/** How surely an actor names the person; stands above the source's rank. */
export type ActorRank = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export type ObservationInput = Partial<Omit<UsageValues, 'atMs'>> &
  Partial<Pick<EventState, 'granularity' | 'idless' | 'messageKey'>> &
  Pick<EventState, 'org' | 'id' | 'assistant' | 'atMs'> &
  ObservedBy;

export interface ObservedBy {
  /** By what it may be paired; see `pairing.ts`. */
  callKey?: bigint | null;
  source: Source;
  /** The source's own clock (a vendor's HTTP Date, ms); 0 where it has none. A newer one replaces all it said. */
  revision?: number;
  /** See `actor.ts`; default by source. */
  actorRank?: ActorRank;
  /** False: how a cache write divides into 5 m and 1 h is not known, all of it stands under 5 m. */
  splitKnown?: boolean;
}

/** The state that holds one observation and nothing else. */
export function observe(input: ObservationInput): EventState {
  const { source, revision = 0, actorRank, splitKnown = true } = input;
  // Written out: this runs for every record received, and an object made by spreading is several times slower to
  // make and to read.
  const state: EventState = {
    org: input.org,
    id: input.id,
    assistant: input.assistant,
    granularity: input.granularity ?? 'call',
    sources: sourceBit(source),
    idless: input.idless ?? false,
    messageKey: input.messageKey ?? null,
    callKeys: input.callKey === undefined || input.callKey === null ? NO_KEYS : [input.callKey],
    ranks: ZEROS,
    revisions: revision === 0 ? ZEROS : GROUPS.map(() => revision),
    atMs: input.atMs,
    actor: input.actor ?? null,
    login: input.login ?? null,
    sessionId: input.sessionId ?? null,
    promptId: input.promptId ?? null,
    organization: input.organization ?? null,
    product: input.product ?? null,
    project: input.project ?? null,
    repository: input.repository ?? null,
    agent: input.agent ?? null,
    model: input.model ?? null,
    version: input.version ?? null,
    inputTokens: input.inputTokens ?? 0,
    outputTokens: input.outputTokens ?? 0,
    reasoningTokens: input.reasoningTokens ?? 0,
    cacheReadTokens: input.cacheReadTokens ?? 0,
    cacheWrite5mTokens: input.cacheWrite5mTokens ?? 0,
    cacheWrite1hTokens: input.cacheWrite1hTokens ?? 0,
    requests: input.requests ?? 1,
    webSearches: input.webSearches ?? null,
    reporter: input.reporter ?? null,
    sessions: input.sessions ?? null,
    reportedMicros: input.reportedMicros ?? null,
    billedMicros: input.billedMicros ?? null,
    tier: input.tier ?? null,
    billing: input.billing ?? 'unknown',
    serviceTier: input.serviceTier ?? null,
    inferenceGeo: input.inferenceGeo ?? null,
    speed: input.speed ?? null,
    durationMs: input.durationMs ?? null,
    ttftMs: input.ttftMs ?? null,
    status: input.status ?? 'ok',
    partial: input.partial ?? false,
    hash: 0n,
    counted: false,
    derived: false,
    listMicros: null,
    cacheSavingsMicros: null,
  };
  state.ranks = ranksOf(state, source, revision !== 0, actorRank, splitKnown);
  return state;
}

// Observations of one kind share their ranks: there are few kinds, and what is shared is neither made nor encoded anew.
const kinds = new BoundedMap<number, readonly number[]>(10_000);

function ranksOf(
  state: EventState,
  source: Source,
  clock: boolean,
  actorRank: ActorRank | undefined,
  splitKnown: boolean,
): readonly number[] {
  let said = 0;
  for (let i = 0; i < GROUPS.length; i++) if (GROUPS[i]?.says?.(state) ?? true) said |= 1 << i;
  const kind = ((SOURCES.indexOf(source) * 8 + (actorRank ?? 7)) * 2 + Number(clock)) * 2 + Number(splitKnown);
  return kinds.getOr(kind * 2 ** 32 + said, () =>
    GROUPS.map((group, i) => {
      const rank = (group.name === 'actor' ? actorRank : undefined) ?? group.rank[source];
      // A source with a clock replaces all it said before, so that its nulls count too.
      if (clock) return Math.max(1, rank);
      if ((said & (1 << i)) === 0) return 0;
      return group.name === 'cacheWrite' && !splitKnown ? 0 : rank;
    }),
  );
}

/** What a source with a clock says of an event that it no longer has. Touches nothing but the status. */
export function retraction(
  of: Pick<EventState, 'org' | 'id' | 'assistant' | 'atMs'>,
  source: Source,
  revision: number,
): EventState {
  const state = observe({
    org: of.org,
    id: of.id,
    assistant: of.assistant,
    atMs: of.atMs,
    source,
    revision,
    status: 'retracted',
  });
  const only = GROUPS.findIndex((group) => group.name === 'status');
  return {
    ...state,
    requests: 0,
    ranks: state.ranks.map((rank, i) => (i === only ? rank : 0)),
    revisions: state.revisions.map((r, i) => (i === only ? r : 0)),
  };
}

function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  // Complete beats partial.
  if (typeof a === 'boolean') return a ? -1 : 1;
  return (a as string | number | bigint) < (b as string | number | bigint) ? -1 : 1;
}

type Kept = Pick<EventState, 'sources' | 'messageKey' | 'callKeys' | 'idless' | 'granularity'>;

/** What is gathered from both sides whoever ranks higher; null where `a` has it all. */
function keptOf(a: EventState, b: EventState): Kept | null {
  const sources = a.sources | b.sources;
  const messageKey = compareValues(a.messageKey, b.messageKey) >= 0 ? a.messageKey : b.messageKey;
  const callKeys = union(a.callKeys, b.callKeys);
  const idless = a.idless && b.idless;
  const granularity = a.granularity === 'call' ? a.granularity : b.granularity;
  const same =
    sources === a.sources &&
    messageKey === a.messageKey &&
    callKeys === a.callKeys &&
    idless === a.idless &&
    granularity === a.granularity;
  return same ? null : { sources, messageKey, callKeys, idless, granularity };
}

/** Sorted; `a` itself where `b` adds nothing. */
function union(a: readonly bigint[], b: readonly bigint[]): readonly bigint[] {
  const more = b.filter((key) => !a.includes(key));
  return more.length === 0 ? a : [...a, ...more].sort((x, y) => (x < y ? -1 : 1));
}

function compareGroup(group: Group, i: number, a: EventState, b: EventState): number {
  const rank = (a.ranks[i] ?? 0) - (b.ranks[i] ?? 0);
  if (rank !== 0) return rank;
  const revision = (a.revisions[i] ?? 0) - (b.revisions[i] ?? 0);
  if (revision !== 0) return revision;
  for (const field of group.fields) {
    const order = compareValues(a[field], b[field]);
    if (order !== 0) return group.earliest ? -order : order;
  }
  return 0;
}

// The fields of a group have the same types on both sides; TypeScript cannot follow that through the loop.
function copyFields(group: Group, from: EventState, to: EventState): void {
  const target = to as unknown as Record<Field, unknown>;
  for (const field of group.fields) target[field] = from[field];
}

/**
 * The join of two states of the same event (or of two events found to be one call; the result then carries the
 * identity of `a`). Returns `a` itself where `b` adds nothing, so that a caller can see that nothing changed.
 */
export function join(a: EventState, b: EventState): EventState {
  const kept = keptOf(a, b);
  const wins: number[] = [];
  for (const [i, group] of GROUPS.entries()) if (compareGroup(group, i, b, a) > 0) wins.push(i);
  if (wins.length === 0 && kept === null) return a;
  const ranks = [...a.ranks];
  const revisions = [...a.revisions];
  const joined: EventState = { ...a, ...(kept ?? {}), ranks, revisions };
  for (const i of wins) {
    const group = GROUPS[i];
    if (!group) continue;
    copyFields(group, b, joined);
    ranks[i] = b.ranks[i] ?? 0;
    revisions[i] = b.revisions[i] ?? 0;
  }
  return joined;
}

/** Ranks and revisions as short text; events from one road share one text, which a column store keeps once. */
export function encodeProvenance(state: Pick<EventState, 'ranks' | 'revisions'>): string {
  const ranks = digitsOf(state.ranks);
  if (state.revisions === ZEROS) return ranks;
  const used = state.revisions.filter((_, i) => state.ranks[i] !== 0);
  const first = used[0] ?? 0;
  if (used.every((revision) => revision === first)) return first === 0 ? ranks : `${ranks}~${first.toString(36)}`;
  return `${ranks}~${state.revisions.map((revision) => revision.toString(36)).join(',')}`;
}

const rankTexts = new WeakMap<readonly number[], string>();

function digitsOf(ranks: readonly number[]): string {
  const known = rankTexts.get(ranks);
  if (known !== undefined) return known;
  const made = ranks.join('');
  rankTexts.set(ranks, made);
  return made;
}

const decoded = new BoundedMap<string, Pick<EventState, 'ranks' | 'revisions'>>(10_000);

export const decodeProvenance = (text: string): Pick<EventState, 'ranks' | 'revisions'> =>
  decoded.getOr(text, () => decode(text));

function decode(text: string): Pick<EventState, 'ranks' | 'revisions'> {
  const [digits = '', tail] = text.split('~');
  const ranks = GROUPS.map((_, i) => Number(digits[i] ?? 0));
  if (tail === undefined) return { ranks, revisions: ZEROS };
  const parts = tail.split(',').map((part) => parseInt(part, 36));
  const revisions =
    parts.length === 1 ? ranks.map((rank) => (rank === 0 ? 0 : (parts[0] ?? 0))) : GROUPS.map((_, i) => parts[i] ?? 0);
  return { ranks, revisions };
}
