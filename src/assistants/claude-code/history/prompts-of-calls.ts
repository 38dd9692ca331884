import { isMessageId, isRequestId } from '../../../usage/identity.ts';
import type { PromptWork } from './prompt-work.ts';
import type { FileMemory } from './scan/scan-memory.ts';
import * as c from './scan/call-table.ts';
import type { JoinedCalls } from './scan/join-calls.ts';
import { isCall } from './scan/join-calls.ts';
import type { SessionPrompts } from './session-prompts.ts';
import { answerId, sessionPrompts } from './session-prompts.ts';

/** The calls of one session among those that were asked for, and what its files tell of their prompts. */
export interface SessionCalls {
  rows: readonly number[];
  /** Which prompt a call is for; null where that cannot be told. */
  promptOf: (row: number) => string | null;
  /** What its prompts were about. */
  work: PromptWork[];
  /** Read for it. */
  bytes: number;
}

/**
 * These calls by the sessions that they were made in, in the order of each session's first. Reads those sessions' files
 * once more, one session at a time: who asked and what tools were used for is nothing that the scan looks at.
 *
 * @param onProblem told why a file cannot be read; of its session nothing is told then
 */
export async function* promptsOfCalls(
  { calls, sessionFiles }: { calls: JoinedCalls; sessionFiles: readonly FileMemory[] },
  rows: Iterable<number>,
  onProblem: (error: unknown) => void,
): AsyncGenerator<SessionCalls> {
  const sessions = bySession(sessionFiles);
  for (const [session, own] of rowsBySession(calls, sessions, rows)) {
    const files = sessions[session] ?? [];
    const answers = answersOf(calls, files);
    const { work, ofAnswers } = await sessionPrompts(files, answers.own).catch((error: unknown): SessionPrompts => {
      onProblem(error);
      return { work: [], ofAnswers: new Map() };
    });
    const promptOf = (row: number): string | null => {
      const answer = ofAnswers.size === 0 ? null : answerOf(calls, row);
      return answer === null || answers.ambiguous.has(answer) ? null : (ofAnswers.get(answer) ?? null);
    };
    yield { rows: own, promptOf, work, bytes: files.reduce((sum, { size }) => sum + size, 0) };
  }
}

/** Sub-agents' files lie in a folder of the session's name, those of a workflow's run deeper. */
const SUB_AGENT = /^(.+)[\\/]subagents[\\/](?:workflows[\\/][^\\/]+[\\/])?[^\\/]+$/;

/** A session's own file and those of its sub-agents. */
function bySession(files: readonly FileMemory[]): FileMemory[][] {
  const sessions = new Map<string, FileMemory[]>();
  for (const file of files) {
    const session = SUB_AGENT.exec(file.path)?.[1] ?? file.path.replace(/\.jsonl$/, '');
    const known = sessions.get(session);
    if (known) known.push(file);
    else sessions.set(session, [file]);
  }
  return [...sessions.values()];
}

const NOWHERE = -1;

function rowsBySession(
  { table }: JoinedCalls,
  sessions: readonly (readonly FileMemory[])[],
  rows: Iterable<number>,
): Map<number, number[]> {
  const sessionOf = new Int32Array(table.rows).fill(NOWHERE);
  for (const [session, files] of sessions.entries())
    for (const { start, end } of files) sessionOf.fill(session, start, end);
  const found = new Map<number, number[]>();
  for (const row of rows) {
    const session = sessionOf[row] ?? NOWHERE;
    const known = found.get(session);
    if (known) known.push(row);
    else found.set(session, [row]);
  }
  return found;
}

/** A call that was made inside an answer has the answer's ids, with its number after them. */
const INSIDE = /:(?:advisor|compaction):\d+$/;

function answerOf({ table, strings }: JoinedCalls, row: number): string | null {
  const id = (column: number): string | null => strings.id(table.mark(row, column));
  const answer = answerId(id(c.MESSAGE_ID), id(c.REQUEST_ID), id(c.UUID));
  return answer?.includes(':') ? answer.replace(INSIDE, '') : answer;
}

/**
 * The answers that these files were the first to hold: a row that another file has joined into its own is a copy.
 * `ambiguous`: the same id for several, as some gateways give.
 */
function answersOf(calls: JoinedCalls, files: readonly FileMemory[]): Record<'own' | 'ambiguous', Set<string>> {
  const own = new Set<string>();
  const ambiguous = new Set<string>();
  for (const { start, end } of files)
    for (let row = start; row < end; row++) {
      const answer = isCall(calls.table, row) ? answerOf(calls, row) : null;
      if (answer === null) continue;
      if (own.has(answer) && !isMessageId(answer) && !isRequestId(answer)) ambiguous.add(answer);
      own.add(answer);
    }
  return { own, ambiguous };
}
