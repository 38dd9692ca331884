/** The one type that every source is turned into, and the state in which it is merged and stored. */

export const ASSISTANTS = ['claude-code', 'claude-cowork', 'gemini-cli', 'cursor', 'openai'] as const;
export type Assistant = (typeof ASSISTANTS)[number];

/** In the order of their bits in `EventState.sources`. */
export const SOURCES = ['telemetry', 'backfill', 'sync', 'report', 'import'] as const;
export type Source = (typeof SOURCES)[number];

/** `call`: one billed model call. `day`: a vendor's daily sum, the smallest unit it reports. */
export type Granularity = 'call' | 'day';

/** `test` marks a record sent by a `test` command: answered, stored, in no report. */
export type Status = 'ok' | 'error' | 'retracted' | 'test';

/** Who pays for a call: a seat, by consumption, or not known. */
export type Billing = 'seat' | 'metered' | 'unknown';

/** What a source can say of an event. `null` is "this source does not know", never zero. */
export interface UsageValues {
  /** Milliseconds UTC: when the call completed. */
  atMs: number;
  /** Namespaced, e.g. `email:ada@acme.com`; see `actor.ts`. */
  actor: string | null;
  /** The e-mail of the assistant's own login, where it says one. */
  login: string | null;
  sessionId: string | null;
  promptId: string | null;
  organization: string | null;
  product: string | null;
  project: string | null;
  repository: string | null;
  /** `main`, a sub-agent's type, or `background:<what>`. */
  agent: string | null;
  model: string | null;
  /** The client's version. */
  version: string | null;
  /** Uncached input. */
  inputTokens: number;
  /** With reasoning. */
  outputTokens: number;
  reasoningTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  requests: number;
  webSearches: number | null;
  /** On day rows only: which report the row is from (`anthropic-claude-code`, `cursor-csv` …); null for calls. */
  reporter: string | null;
  /** On day rows only: the vendor's own count. */
  sessions: number | null;
  /** What the client or vendor estimates the call to be worth. */
  reportedMicros: number | null;
  /** What a vendor says that it charged beyond the seat. */
  billedMicros: number | null;
  tier: string | null;
  billing: Billing;
  serviceTier: string | null;
  inferenceGeo: string | null;
  speed: string | null;
  durationMs: number | null;
  /** Time to first token. */
  ttftMs: number | null;
  status: Status;
  /** Output tokens may be a placeholder: no complete observation has been seen. */
  partial: boolean;
}

/** One billed model call, or the smallest unit that a vendor reports. */
export interface UsageEvent extends UsageValues {
  org: string;
  /** SHA-256 of the natural key, 64 hex digits; unique inside one organisation. */
  id: string;
  assistant: Assistant;
  source: Source;
  granularity: Granularity;
  /** API-equivalent value at list price on the event's date; null: no price known. */
  listMicros: number | null;
}

/** What prices make of an event; integer micro-dollars, null: no price known. */
export interface PricedValues {
  /** API-equivalent value at list price on the event's date. */
  listMicros: number | null;
  /** What the prompt cache saved, negative where it cost. */
  cacheSavingsMicros: number | null;
}

/**
 * An event as it is merged and stored: the join of all observations seen so far. A single observation is such a
 * state too. `ranks` and `revisions` hold, group by group (see `merge.ts`), where the present values came from.
 */
export interface EventState extends UsageValues, PricedValues {
  org: string;
  id: string;
  assistant: Assistant;
  granularity: Granularity;
  /** Bit mask over SOURCES: who has observed it. */
  sources: number;
  /** The id is this observation's own: the client gave nothing by which another road would know the call. */
  idless: boolean;
  /** 64-bit hash of the model's message id; equal for replays of one answer under other request ids. */
  messageKey: bigint | null;
  /** 64-bit hashes by which observations without a common id are paired, sorted; see `pairing.ts`. */
  callKeys: readonly bigint[];
  ranks: readonly number[];
  revisions: readonly number[];
  /** 64-bit hash of (org, id). This and what follows is the store's; an observation has it blank. */
  hash: bigint;
  /** Stands in reports. */
  counted: boolean;
  /** Joined from several observed rows; replaced whenever those are settled again. */
  derived: boolean;
}

export const sourceBit = (source: Source): number => 1 << SOURCES.indexOf(source);

export const hasSource = (sources: number, source: Source): boolean => (sources & sourceBit(source)) !== 0;

/** The sources of a mask, strongest first. */
export const sourcesOf = (mask: number): Source[] => SOURCES.filter((source) => hasSource(mask, source));

/** What is not a model call: kinds of `Activity`. */
export const ACTIVITY_KINDS = [
  'prompt',
  'tool-decision',
  'tool-result',
  'prompt-workflow',
  'error',
  'agent',
  'compaction',
  'commit',
  'lines',
] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** Something a person or an assistant did that is not a model call. Carries sizes and outcomes, never text. */
export interface Activity {
  org: string;
  id: string;
  atMs: number;
  kind: ActivityKind;
  assistant: Assistant;
  actor: string | null;
  sessionId: string | null;
  promptId: string | null;
  organization: string | null;
  product: string | null;
  project: string | null;
  repository: string | null;
  agent: string | null;
  model: string | null;
  version: string | null;
  /** The tool, command kind, error type or kind of work. */
  name: string | null;
  /** `accept` `reject` for decisions, `true` `false` for results, an HTTP status for errors. */
  outcome: string | null;
  /** Who decided: `config`, `hook`, `user_temporary`, … */
  decidedBy: string | null;
  durationMs: number | null;
  /** Characters of a prompt, bytes of a tool's result, attempts of a failed call, lines, commits. */
  size: number | null;
}
