import { isRequestId } from '../../../usage/identity.ts';
import type { AnswerLine, SkipReason } from './answer-line.ts';
import { LINE_TYPES, PROGRESS_KIND, USAGE_MARK, callKeyOf } from './answer-line.ts';
import { isoMs } from './iso-time.ts';

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

const LONGEST = 512;
const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST ? value : null;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** Null where the value is there and is no count. */
const count = (value: unknown): number | null =>
  value === undefined || value === null ? 0 : isCount(value) ? value : null;
const lenient = (value: unknown): number => (isCount(value) ? value : 0);

const SPEEDS: readonly unknown[] = ['fast', 'standard'];

/** Where a line keeps its answer: itself, or the copy of a sub-agent's line that old versions echo to the parent. */
interface Envelope {
  line: Json;
  inner: Json;
  echo: boolean;
}

function envelopeOf(line: Json): Envelope | null {
  if (line.type === 'assistant') return { line, inner: line, echo: false };
  const data = line.type === 'progress' ? record(line.data) : null;
  const inner = data?.type === PROGRESS_KIND ? record(data.message) : null;
  return inner?.type === 'assistant' ? { line, inner, echo: true } : null;
}

type Tokens = Pick<
  AnswerLine,
  | 'inputTokens'
  | 'outputTokens'
  | 'reasoningTokens'
  | 'cacheReadTokens'
  | 'cacheWrite5mTokens'
  | 'cacheWrite1hTokens'
  | 'splitKnown'
>;

/** The counts of a usage block or of one of its iterations; what is missing is zero. */
function tokensOf(usage: Json): Tokens | null {
  const input = count(usage.input_tokens);
  const output = count(usage.output_tokens);
  const read = count(usage.cache_read_input_tokens);
  const written = count(usage.cache_creation_input_tokens);
  if (input === null || output === null || read === null || written === null) return null;
  const split = record(usage.cache_creation);
  const in5m = lenient(split?.ephemeral_5m_input_tokens);
  const in1h = lenient(split?.ephemeral_1h_input_tokens);
  const undivided = Math.max(0, written - in5m - in1h);
  return {
    inputTokens: input,
    outputTokens: output,
    reasoningTokens: lenient(record(usage.output_tokens_details)?.thinking_tokens),
    cacheReadTokens: read,
    cacheWrite5mTokens: in5m + undivided,
    cacheWrite1hTokens: in1h,
    splitKnown: undivided === 0,
  };
}

const nothing = (t: Tokens): boolean =>
  t.inputTokens + t.outputTokens + t.cacheReadTokens + t.cacheWrite5mTokens + t.cacheWrite1hTokens === 0;

/**
 * Calls made inside the answer. `message` entries are in the block's own sums already; an advisor's and a
 * compaction's are not.
 */
function* innerCalls(usage: Json): Generator<{ name: string; model: string | null; tokens: Tokens }> {
  const iterations: unknown[] = Array.isArray(usage.iterations) ? usage.iterations : [];
  const seen = { advisor: 0, compaction: 0 };
  for (const value of iterations) {
    const iteration = record(value);
    const kind =
      iteration?.type === 'advisor_message' ? 'advisor' : iteration?.type === 'compaction' ? 'compaction' : null;
    if (!iteration || !kind) continue;
    seen[kind] += 1;
    const tokens = tokensOf(iteration);
    if (tokens && !nothing(tokens)) yield { name: `${kind}:${seen[kind]}`, model: text(iteration.model), tokens };
  }
}

const NAME = String.raw`[^"\\\x00-\x1f]*"`;
const TEXT = String.raw`"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"`;
/** See `LINE_TYPES`. */
const OTHER_TYPE = new RegExp(
  String.raw`^\{(?:(?!"type":)"${NAME}:(?:${TEXT}|true|false|null),)*"type":` +
    String.raw`(?:"(?!(?:${LINE_TYPES.join('|')})")${NAME}|"progress","data":\{"type":"(?!${PROGRESS_KIND}")${NAME})`,
);

/** Reads a line's text. Of a line that is none of ours nothing is said, not even that it is broken: null. */
export function parseSessionLine(text: string): AnswerLine[] | SkipReason | null {
  if (!text.includes(USAGE_MARK) || OTHER_TYPE.test(text)) return null;
  try {
    return readSessionLine(JSON.parse(text));
  } catch {
    return 'malformed';
  }
}

/** Reads a parsed line: what it says of one call or, with advisors, of several; or why it says nothing. */
export function readSessionLine(value: unknown): AnswerLine[] | SkipReason {
  const line = record(value);
  if (!line) return 'malformed';
  const envelope = envelopeOf(line);
  if (!envelope) return 'otherType';
  const { inner, echo } = envelope;
  const message = record(inner.message);
  const usage = record(message?.usage);
  if (!message || !usage) return 'noUsage';
  if (message.model === '<synthetic>') return 'synthetic';
  if (inner.isApiErrorMessage === true) return 'apiError';
  const atMs = typeof inner.timestamp === 'string' ? isoMs(inner.timestamp) : null;
  if (atMs === null) return 'badTimestamp';
  const tokens = tokensOf(usage);
  if (!tokens) return 'badNumbers';
  const requestId = text(inner.requestId);
  const searches = record(usage.server_tool_use)?.web_search_requests;
  const main: AnswerLine = {
    requestId: isRequestId(requestId) ? requestId : null,
    messageId: text(message.id),
    uuid: text(inner.uuid),
    sessionId: text(line.requestSessionId) ?? text(line.sessionId),
    sidechain: echo || line.isSidechain === true,
    agent: text(line.attributionAgent),
    model: text(message.model),
    version: text(line.version),
    cwd: text(line.cwd),
    atMs,
    complete: text(message.stop_reason) !== null,
    ...tokens,
    webSearches: isCount(searches) ? searches : null,
    serviceTier: text(usage.service_tier),
    inferenceGeo: text(usage.inference_geo),
    speed: SPEEDS.includes(usage.speed) ? text(usage.speed) : null,
  };
  if (callKeyOf(main) === null) return 'noId';
  const lines = nothing(tokens) ? [] : [main];
  for (const { name, model, tokens: own } of innerCalls(usage))
    lines.push({ ...main, ...idsOf(main, name), ...own, model: model ?? main.model, webSearches: null });
  return lines.length === 0 ? 'empty' : lines;
}

function idsOf(main: AnswerLine, name: string): Pick<AnswerLine, 'requestId' | 'messageId' | 'uuid'> {
  const named = (id: string | null): string | null => id && `${id}:${name}`;
  return { requestId: named(main.requestId), messageId: named(main.messageId), uuid: named(main.uuid) };
}
