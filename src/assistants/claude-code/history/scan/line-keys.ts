/** What the scan wants of a line, by the object that it stands in. `assembly/line.ts` knows these limits. */

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

/** Counts; their positions in `LineSkimmer.counts`. */
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
const ITERATIONS = 26;
/** Objects that are entered. */
export const MESSAGE = 27;
export const USAGE = 28;
const CACHE_CREATION = 29;
const OUTPUT_DETAILS = 30;
const SERVER_TOOLS = 31;
const DATA = 32;
const ECHOED_LINE = 33;
export const MEANINGS = 34;

/** What `assembly/keys.ts` takes a key for. */
export interface Key {
  kind: number;
  meaning: number;
  /** The table of the keys in the object that it opens. */
  opens: number;
}

const string = (meaning: number): Key => ({ kind: 1, meaning, opens: 0 });
/** Also usual with escapes in it. */
const escapable = (meaning: number): Key => ({ kind: 2, meaning, opens: 0 });
const count = (meaning: number): Key => ({ kind: 3, meaning, opens: 0 });
const flag = (meaning: number): Key => ({ kind: 4, meaning, opens: 0 });
const calls = (meaning: number): Key => ({ kind: 5, meaning, opens: 0 });
const object = (meaning: number, opens: number): Key => ({ kind: 6, meaning, opens });

/** Tables, by their places in `KEY_TABLES`. */
export const LINE_KEYS = 0;
/** Of a line that echoes a sub-agent's: what is the session's stands outside, what is the answer's inside. */
export const ECHO_KEYS = 6;

export const KEY_TABLES: readonly Readonly<Record<string, Key>>[] = [
  {
    type: string(TYPE),
    requestId: string(REQUEST_ID),
    uuid: string(UUID),
    sessionId: string(SESSION),
    requestSessionId: string(ORIGINAL_SESSION),
    attributionAgent: escapable(AGENT),
    version: string(VERSION),
    cwd: escapable(CWD),
    timestamp: string(TIMESTAMP),
    isSidechain: flag(SIDECHAIN),
    isApiErrorMessage: flag(API_ERROR),
    message: object(MESSAGE, 1),
  },
  { model: string(MODEL), id: string(MESSAGE_ID), stop_reason: string(STOP_REASON), usage: object(USAGE, 2) },
  {
    input_tokens: count(INPUT),
    output_tokens: count(OUTPUT),
    cache_read_input_tokens: count(CACHE_READ),
    cache_creation_input_tokens: count(CACHE_WRITTEN),
    cache_creation: object(CACHE_CREATION, 3),
    output_tokens_details: object(OUTPUT_DETAILS, 4),
    server_tool_use: object(SERVER_TOOLS, 5),
    service_tier: string(SERVICE_TIER),
    inference_geo: string(INFERENCE_GEO),
    speed: string(SPEED),
    iterations: calls(ITERATIONS),
  },
  { ephemeral_5m_input_tokens: count(WRITTEN_5M), ephemeral_1h_input_tokens: count(WRITTEN_1H) },
  { thinking_tokens: count(REASONING) },
  { web_search_requests: count(SEARCHES) },
  {
    sessionId: string(SESSION),
    requestSessionId: string(ORIGINAL_SESSION),
    attributionAgent: escapable(AGENT),
    version: string(VERSION),
    cwd: escapable(CWD),
    data: object(DATA, 7),
  },
  { type: string(PROGRESS_KIND), message: object(ECHOED_LINE, 8) },
  {
    type: string(TYPE),
    requestId: string(REQUEST_ID),
    uuid: string(UUID),
    timestamp: string(TIMESTAMP),
    isApiErrorMessage: flag(API_ERROR),
    message: object(MESSAGE, 1),
  },
];
