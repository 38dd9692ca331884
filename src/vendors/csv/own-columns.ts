import type { EventState } from '../../usage/event.ts';
import { ASSISTANTS, SOURCES, sourceBit, sourcesOf } from '../../usage/event.ts';

/** What of a stored event is in our own export; the rest is worked out anew. */
type Stored = Omit<
  EventState,
  'org' | 'hash' | 'counted' | 'derived' | 'listMicros' | 'cacheSavingsMicros' | 'ranks' | 'revisions'
>;

/** A value as a cell, and back; `read` gives undefined for what is no such value. */
interface Codec<T> {
  write: (value: T) => string;
  read: (text: string) => T | undefined;
}

// Text that looks like a formula carries an apostrophe, and text that looks like that carries one more.
const GUARDED = /^'*[=+\-@\t\r]/;
const text: Codec<string | null> = {
  write: (value) => (value === null ? '' : GUARDED.test(value) ? `'${value}` : value),
  read: (cell) => (cell === '' ? null : cell.startsWith("'") && GUARDED.test(cell) ? cell.slice(1) : cell),
};

const integer = (cell: string): number | undefined => {
  const value = Number(cell);
  return /^-?\d{1,16}$/.test(cell) && Number.isSafeInteger(value) ? value : undefined;
};
const whole: Codec<number> = {
  write: String,
  read: (cell) => {
    const value = integer(cell);
    return value === undefined || value < 0 ? undefined : value;
  },
};
const orNull = (codec: Codec<number>): Codec<number | null> => ({
  write: (value) => (value === null ? '' : codec.write(value)),
  read: (cell) => (cell === '' ? null : codec.read(cell)),
});
const micros = orNull({ write: String, read: integer });
const flag: Codec<boolean> = {
  write: String,
  read: (cell) => (cell === 'true' ? true : cell === 'false' ? false : undefined),
};
const word = <T extends string>(words: readonly T[]): Codec<T> => ({
  write: (value) => value,
  read: (cell) => words.find((one) => one === cell),
});

const time: Codec<number> = {
  write: (ms) => new Date(ms).toISOString(),
  read: (cell) => {
    const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(cell) ? Date.parse(cell) : Number.NaN;
    return Number.isNaN(ms) ? undefined : ms;
  },
};
const id: Codec<string> = {
  write: (value) => value,
  read: (cell) => (/^[0-9a-f]{64}$/.test(cell) ? cell : undefined),
};
const sources: Codec<number> = {
  write: (mask) => sourcesOf(mask).join(' '),
  read: (cell) => {
    const found = cell.split(' ').map((name) => SOURCES.find((source) => source === name));
    return found.reduce<number | undefined>(
      (mask, source) => (mask === undefined || source === undefined ? undefined : mask | sourceBit(source)),
      0,
    );
  },
};
const keys: Codec<readonly bigint[]> = {
  write: (values) => values.join(' '),
  read: (cell) => {
    if (cell === '') return [];
    const found = cell.split(' ');
    return found.every((one) => /^\d{1,20}$/.test(one))
      ? found.map((one) => BigInt.asUintN(64, BigInt(one)))
      : undefined;
  },
};
const key: Codec<bigint | null> = {
  write: (value) => (value === null ? '' : String(value)),
  read: (cell) => {
    const found = keys.read(cell);
    return found === undefined || found.length > 1 ? undefined : (found[0] ?? null);
  },
};

type Codecs = { readonly [Field in keyof Stored]: Codec<Stored[Field]> };

/** In the order of the columns. */
const CODECS: Codecs = {
  id,
  atMs: time,
  assistant: word(ASSISTANTS),
  granularity: word(['call', 'day']),
  reporter: text,
  sources,
  actor: text,
  login: text,
  model: text,
  inputTokens: whole,
  outputTokens: whole,
  reasoningTokens: whole,
  cacheReadTokens: whole,
  cacheWrite5mTokens: whole,
  cacheWrite1hTokens: whole,
  requests: whole,
  webSearches: orNull(whole),
  sessions: orNull(whole),
  reportedMicros: micros,
  billedMicros: micros,
  tier: text,
  billing: word(['seat', 'metered', 'unknown']),
  sessionId: text,
  promptId: text,
  organization: text,
  product: text,
  project: text,
  repository: text,
  agent: text,
  version: text,
  serviceTier: text,
  inferenceGeo: text,
  speed: text,
  durationMs: orNull(whole),
  ttftMs: orNull(whole),
  status: word(['ok', 'error', 'retracted', 'test']),
  partial: flag,
  idless: flag,
  messageKey: key,
  callKeys: keys,
};

interface OwnColumn {
  title: string;
  field: keyof Stored;
  write: (state: EventState) => string;
  read: (cell: string) => unknown;
}

/** Of any field: what it writes and reads is the field's, since both come from that field's own row above. */
function columnOf<Field extends keyof Stored>(codecs: Codecs, field: Field): OwnColumn {
  const codec: Codec<Stored[Field]> = codecs[field];
  return {
    title: field === 'atMs' ? 'at' : field,
    field,
    write: (state) => codec.write(state[field]),
    read: codec.read,
  };
}

// `Object.keys` of a record with these keys and no others.
const FIELDS = Object.keys(CODECS) as (keyof Stored)[];

export const OWN_COLUMNS: readonly OwnColumn[] = FIELDS.map((field) => columnOf(CODECS, field));

/** Where each group of values came from, in the form in which it is stored. */
export const PROVENANCE = 'provenance';
