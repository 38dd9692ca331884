import path from 'node:path';
import type { PromptWork } from './prompt-work.ts';
import { answerId, promptWork } from './prompt-work.ts';
import type { FileMemory } from './scan/scan-memory.ts';
import * as c from './scan/call-table.ts';
import type { JoinedCalls } from './scan/join-calls.ts';
import { isCall } from './scan/join-calls.ts';

/** What the prompts of one session were about. */
export interface SessionWork {
  assistant: FileMemory['assistant'];
  prompts: PromptWork[];
}

/**
 * The prompts of the sessions that these calls were made in. Reads those sessions' files once more, one session at a
 * time: what tools were used for is nothing that the scan looks at.
 *
 * @param onProblem told why a file cannot be read; its session has no prompts then
 */
export async function* promptsOfCalls(
  { calls, sessionFiles }: { calls: JoinedCalls; sessionFiles: readonly FileMemory[] },
  rows: Iterable<number>,
  onProblem: (error: unknown) => void,
): AsyncGenerator<SessionWork> {
  const wanted = new Uint8Array(calls.table.rows);
  for (const row of rows) wanted[row] = 1;
  for (const files of bySession(sessionFiles)) {
    if (!files.some(({ start, end }) => wanted.subarray(start, end).includes(1))) continue;
    const prompts = await promptWork(files, ownAnswers(calls, files)).catch((error: unknown) => {
      onProblem(error);
      return [];
    });
    for (const { assistant } of files.slice(0, 1)) yield { assistant, prompts };
  }
}

/** A session's own file and those of its sub-agents, which lie in a folder of the session's name. */
function bySession(files: readonly FileMemory[]): Iterable<FileMemory[]> {
  const sessions = new Map<string, FileMemory[]>();
  for (const file of files) {
    const folder = path.dirname(file.path);
    const inner = path.basename(folder) === 'subagents';
    const session = inner ? path.dirname(folder) : file.path.replace(/\.jsonl$/, '');
    const known = sessions.get(session);
    if (known) known.push(file);
    else sessions.set(session, [file]);
  }
  return sessions.values();
}

/** The answers that these files were the first to hold: a row that another file has joined into its own is a copy. */
function ownAnswers({ table, strings }: JoinedCalls, files: readonly FileMemory[]): Set<string> {
  const own = new Set<string>();
  const id = (row: number, column: number): string | null => strings.id(table.mark(row, column));
  for (const { start, end } of files)
    for (let row = start; row < end; row++) {
      if (!isCall(table, row)) continue;
      const answer = answerId(id(row, c.MESSAGE_ID), id(row, c.REQUEST_ID), id(row, c.UUID));
      if (answer !== null) own.add(answer);
    }
  return own;
}
