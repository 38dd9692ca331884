import { isMessageId } from '../../../usage/identity.ts';
import type { AnswerLine } from './answer-line.ts';
import { callKeyOf, sharedKeyOf } from './answer-line.ts';
import type { CallRecord } from './call-record.ts';
import { agentLabel, naturalKeyOf } from './call-record.ts';
import type { Started } from './file-start.ts';
import { byStart } from './file-start.ts';

/** What a file says, already read: the file and its lines in their order. */
export interface FileLines extends Started {
  /** From the sub-agent's description beside its file. */
  agentType: string | null;
  lines: Iterable<AnswerLine>;
}

/**
 * The record rule: which lines are one call, and what they say of it together. Plain and slow, on objects; the scan
 * (`call-table.ts`, `join-calls.ts`) does the same on columns of numbers and is tested against this.
 *
 * All figures are joins over a total order, so neither the order of lines nor that of files shows in them:
 * - output: of a line that knows the end before one that does not, then the larger; tier, place and speed with it
 * - input and cache reads: the larger; cache writes: divided before undivided, then the larger
 * - time: the last line's, in the file that knows the end, then that has most lines of it, then the earliest
 * - session, project, model, version, agent: of the first line in the oldest file, the main conversation before others
 */
interface Call {
  key: string;
  /** Those that it was joined from, in their order. */
  members: readonly AnswerLine[];
  time: { complete: boolean; lines: number; atMs: number };
  output: AnswerLine;
  input: AnswerLine;
  cacheWrite: AnswerLine;
  webSearches: number | null;
  leader: { line: AnswerLine; file: FileLines; order: number };
  request: { id: string | null; sidechain: boolean; order: number };
}

/** Positive where `a` stands above `b`; compares member by member. */
function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) if (value !== b[i]) return value - (b[i] ?? 0);
  return 0;
}

const larger = <T>(a: T, b: T, rank: (value: T) => number[]): T => (compare(rank(b), rank(a)) > 0 ? b : a);

const byOutput = (line: AnswerLine): number[] => [Number(line.complete), line.outputTokens, line.reasoningTokens];
const byInput = (line: AnswerLine): number[] => [line.inputTokens, line.cacheReadTokens];
const byWrite = (line: AnswerLine): number[] => [
  Number(line.splitKnown),
  line.cacheWrite1hTokens,
  line.cacheWrite5mTokens,
];
const byTime = ({ complete, lines, atMs }: Call['time']): number[] => [Number(complete), lines, -atMs];
const byLeader = ({ line, order }: Call['leader']): number[] => [-Number(line.sidechain), -order];
const byRequest = ({ id, sidechain, order }: Call['request']): number[] => [
  Number(id !== null),
  -Number(sidechain),
  -order,
];

function join(a: Call, b: Call): Call {
  return {
    key: a.key,
    members: [...a.members, ...b.members],
    time: larger(a.time, b.time, byTime),
    output: larger(a.output, b.output, byOutput),
    input: larger(a.input, b.input, byInput),
    cacheWrite: larger(a.cacheWrite, b.cacheWrite, byWrite),
    webSearches: b.webSearches === null ? a.webSearches : Math.max(a.webSearches ?? 0, b.webSearches),
    leader: larger(a.leader, b.leader, byLeader),
    request: larger(a.request, b.request, byRequest),
  };
}

/** The calls of one file. `order`: the file's place among all, oldest first. */
function callsOfFile(file: FileLines, order: number): Call[] {
  const calls = new Map<string, Call>();
  for (const line of file.lines) {
    const key = callKeyOf(line);
    if (key === null) continue;
    const known = calls.get(key);
    const added: Call = {
      key: known?.key ?? sharedKeyOf(key, line),
      members: [line],
      time: { complete: line.complete, lines: 1, atMs: line.atMs },
      output: line,
      input: line,
      cacheWrite: line,
      webSearches: line.webSearches,
      leader: { line, file, order },
      request: { id: line.requestId, sidechain: line.sidechain, order },
    };
    const time = known && {
      complete: known.time.complete || line.complete,
      lines: known.members.length + 1,
      atMs: Math.max(known.time.atMs, line.atMs),
    };
    calls.set(key, known && time ? { ...join(known, added), time } : added);
  }
  return [...calls.values()];
}

function joinByKey(calls: readonly Call[], keyOf: (call: Call) => string): Call[] {
  const joined = new Map<string, Call>();
  for (const call of calls) {
    const key = keyOf(call);
    const known = joined.get(key);
    joined.set(key, known ? join(known, call) : call);
  }
  return [...joined.values()];
}

const hasMessageId = (call: Call): boolean => isMessageId(call.leader.line.messageId);

const byClaim = ({ leader, time }: Call): number[] => [-Number(leader.line.sidechain), time.atMs];

/**
 * Two answers under one request id: an aside repeated its parent's message under its own request id, and the parent's
 * file is gone. The request id stays with the main conversation's, then with the later answer; the others go by their
 * message ids.
 */
function settleRequests(calls: readonly Call[]): Call[] {
  const owner = new Map<string, Call>();
  for (const call of calls) {
    if (call.request.id === null || !hasMessageId(call)) continue;
    const known = owner.get(call.request.id);
    owner.set(call.request.id, known ? larger(known, call, byClaim) : call);
  }
  return calls.map((call) => {
    const { id } = call.request;
    const lost = id !== null && hasMessageId(call) && owner.get(id) !== call;
    return lost ? { ...call, request: { ...call.request, id: null } } : call;
  });
}

function recordOf(call: Call): CallRecord {
  const { output, input, cacheWrite, leader, request, time, webSearches, members } = call;
  const { line, file } = leader;
  return {
    assistant: file.file.assistant,
    requestId: request.id,
    messageId: line.messageId,
    uuid: line.messageId === null && request.id === null ? line.uuid : null,
    sessionId: line.sessionId,
    agent: agentLabel(line.sidechain, line.agent ?? file.agentType),
    model: line.model,
    version: line.version,
    cwd: line.cwd,
    atMs: time.atMs,
    partial: !output.complete,
    inputTokens: input.inputTokens,
    outputTokens: output.outputTokens,
    reasoningTokens: output.reasoningTokens,
    cacheReadTokens: input.cacheReadTokens,
    cacheWrite5mTokens: cacheWrite.cacheWrite5mTokens,
    cacheWrite1hTokens: cacheWrite.cacheWrite1hTokens,
    splitKnown: cacheWrite.splitKnown,
    webSearches,
    serviceTier: output.serviceTier,
    inferenceGeo: output.inferenceGeo,
    speed: output.speed,
    lines: members.length,
  };
}

/** A record, and the lines that made it. */
export interface ExplainedCall {
  record: CallRecord;
  members: readonly AnswerLine[];
  /** Of them, the one that says who and where, the one whose output count stands, the one whose cache split does. */
  leader: AnswerLine;
  output: AnswerLine;
  cacheWrite: AnswerLine;
}

/** The calls that all files together hold, with what made them. */
export function explainedCalls(files: readonly FileLines[]): ExplainedCall[] {
  const found = joinByKey([...files].sort(byStart).flatMap(callsOfFile), (call) => call.key);
  const settled = joinByKey(settleRequests(found), (call) => JSON.stringify(naturalKeyOf(recordOf(call))));
  return settled.map((call) => ({
    record: recordOf(call),
    members: call.members,
    leader: call.leader.line,
    output: call.output,
    cacheWrite: call.cacheWrite,
  }));
}

export const callRecords = (files: readonly FileLines[]): CallRecord[] =>
  explainedCalls(files).map(({ record }) => record);
