/** What the scan wants of a line, by the object that it stands in. */

/** Strings; their positions in `LineSkimmer.spans`. */
export const TYPE = 0;
export const REQUEST_ID = 1;
export const UUID = 2;
export const SESSION = 3;
export const ORIGINAL_SESSION = 4;
export const AGENT = 5;
export const VERSION = 6;
export const CWD = 7;
export const TIMESTAMP = 8;
export const MODEL = 9;
export const MESSAGE_ID = 10;
export const STOP_REASON = 11;
export const SERVICE_TIER = 12;
export const INFERENCE_GEO = 13;
export const SPEED = 14;
export const PROGRESS_KIND = 15;
export const STRINGS = 16;

/** Counts; `LineSkimmer.counts` holds them from 0. */
export const INPUT = 16;
export const OUTPUT = 17;
export const CACHE_READ = 18;
export const CACHE_WRITTEN = 19;
export const WRITTEN_5M = 20;
export const WRITTEN_1H = 21;
export const REASONING = 22;
export const SEARCHES = 23;
export const COUNTS_END = 24;

export const SIDECHAIN = 24;
export const API_ERROR = 25;
export const ITERATIONS = 26;
/** Objects that are entered. */
export const MESSAGE = 27;
export const USAGE = 28;
export const CACHE_CREATION = 29;
export const OUTPUT_DETAILS = 30;
export const SERVER_TOOLS = 31;
export const DATA = 32;
export const ECHOED_LINE = 33;
export const MEANINGS = 34;

/** A key as it stands in a line: `"name":`. */
export interface Key {
  readonly bytes: Uint8Array;
  /** -1: not wanted. */
  readonly meaning: number;
  /** The key that followed it when it was last met: lines are alike, so that this is mostly the one that follows. */
  next: Key | null;
}

/** So many keys that are not wanted are remembered in each object. */
const REMEMBERED = 64;

/** The keys of one object. */
export class KeyTable {
  /** Stands before the first key. */
  readonly start: Key = { bytes: new Uint8Array(0), meaning: -1, next: null };
  readonly #byLength: Key[][] = [];
  #remembered = 0;

  constructor(keys: Readonly<Record<string, number>>) {
    for (const [name, meaning] of Object.entries(keys)) this.#add(Buffer.from(name), meaning);
  }

  /** The key whose name is `bytes[start..end)`; null for one that is neither wanted nor remembered. */
  find(bytes: Uint8Array, start: number, end: number): Key | null {
    const sameLength = this.#byLength[end - start];
    if (sameLength)
      for (const key of sameLength) if (standsAt(key.bytes, bytes, start - 1, end - start + 1)) return key;
    if (this.#remembered === REMEMBERED || end - start > REMEMBERED) return null;
    this.#remembered += 1;
    return this.#add(bytes.subarray(start, end), -1);
  }

  #add(name: Uint8Array, meaning: number): Key {
    const key: Key = { bytes: Uint8Array.from([0x22, ...name, 0x22, 0x3a]), meaning, next: null };
    (this.#byLength[name.length] ??= []).push(key);
    return key;
  }
}

/** Whether the first `length` of `key`'s bytes stand in `bytes` at `at`. */
export function standsAt(key: Uint8Array, bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (key[i] !== bytes[at + i]) return false;
  return true;
}

export const LINE_KEYS = new KeyTable({
  type: TYPE,
  requestId: REQUEST_ID,
  uuid: UUID,
  sessionId: SESSION,
  requestSessionId: ORIGINAL_SESSION,
  attributionAgent: AGENT,
  version: VERSION,
  cwd: CWD,
  timestamp: TIMESTAMP,
  isSidechain: SIDECHAIN,
  isApiErrorMessage: API_ERROR,
  message: MESSAGE,
});
const MESSAGE_KEYS = new KeyTable({ model: MODEL, id: MESSAGE_ID, stop_reason: STOP_REASON, usage: USAGE });
const USAGE_KEYS = new KeyTable({
  input_tokens: INPUT,
  output_tokens: OUTPUT,
  cache_read_input_tokens: CACHE_READ,
  cache_creation_input_tokens: CACHE_WRITTEN,
  cache_creation: CACHE_CREATION,
  output_tokens_details: OUTPUT_DETAILS,
  server_tool_use: SERVER_TOOLS,
  service_tier: SERVICE_TIER,
  inference_geo: INFERENCE_GEO,
  speed: SPEED,
  iterations: ITERATIONS,
});

/** Of a line that echoes a sub-agent's: what is the session's stands outside, what is the answer's inside. */
export const ECHO_KEYS = new KeyTable({
  sessionId: SESSION,
  requestSessionId: ORIGINAL_SESSION,
  attributionAgent: AGENT,
  version: VERSION,
  cwd: CWD,
  data: DATA,
});
const ECHOED_KEYS = new KeyTable({
  type: TYPE,
  requestId: REQUEST_ID,
  uuid: UUID,
  timestamp: TIMESTAMP,
  isApiErrorMessage: API_ERROR,
  message: MESSAGE,
});

/** The keys wanted inside the object that a key opens, by its number from `MESSAGE` on. */
export const KEYS_OF: readonly KeyTable[] = [
  MESSAGE_KEYS,
  USAGE_KEYS,
  new KeyTable({ ephemeral_5m_input_tokens: WRITTEN_5M, ephemeral_1h_input_tokens: WRITTEN_1H }),
  new KeyTable({ thinking_tokens: REASONING }),
  new KeyTable({ web_search_requests: SEARCHES }),
  new KeyTable({ type: PROGRESS_KIND, message: ECHOED_LINE }),
  ECHOED_KEYS,
];
