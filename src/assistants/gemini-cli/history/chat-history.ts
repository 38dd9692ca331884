import { readFileSync } from 'node:fs';
import path from 'node:path';
import { eventId } from '../../../usage/identity.ts';
import type { GeminiUsage } from '../call.ts';
import type { ChatFile } from './chat-files.ts';
import type { ChatAnswer, ChatSkipReason } from './chat-line.ts';
import { jsonObject, messagesOf, readMessage, shortText } from './chat-line.ts';

/** One model call as the chat files know it. */
export interface ChatCall extends ChatAnswer {
  /** The conversation. */
  sessionId: string | null;
  /** The sub-agent's run; null in the conversation itself. */
  agentId: string | null;
  project: string;
  /** How often it is written. */
  lines: number;
}

export interface ChatHistory {
  /** Oldest first. */
  calls: ChatCall[];
  skipped: Partial<Record<ChatSkipReason, number>>;
  problems: string[];
}

interface ReadFile {
  /** The file's own id: a conversation's, or a sub-agent's. */
  id: string | null;
  isAgent: boolean;
  answers: ChatAnswer[];
}

/** Each call once: by its file's id and its message id, which resumes and second writings keep. */
export function readChats(files: readonly ChatFile[]): ChatHistory {
  const history: ChatHistory = { calls: [], skipped: {}, problems: [] };
  const calls = new Map<string, ChatCall>();
  for (const file of files) {
    try {
      const read = readChat(file, (reason) => (history.skipped[reason] = (history.skipped[reason] ?? 0) + 1));
      for (const answer of read.answers) addAnswer(calls, answer, read, file);
    } catch (error) {
      history.problems.push(`${file.path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
    }
  }
  history.calls = [...calls.values()].sort((a, b) => a.atMs - b.atMs || (a.messageId < b.messageId ? -1 : 1));
  return history;
}

function readChat(file: ChatFile, skip: (reason: ChatSkipReason) => void): ReadFile {
  const text = readFileSync(file.path, 'utf8').replace(/^\uFEFF/, '');
  const values = file.path.endsWith('.json') ? [parse(text)] : linesOf(text, skip);
  const read: ReadFile = { id: null, isAgent: file.parentSession !== null, answers: [] };
  for (const value of values) {
    if (value === undefined) skip('malformed');
    const header = jsonObject(value);
    read.id ??= shortText(header?.sessionId);
    if (header?.kind === 'subagent') read.isAgent = true;
    for (const message of messagesOf(value)) {
      const answer = readMessage(message);
      if (typeof answer === 'string') skip(answer);
      else if (answer) read.answers.push(answer);
    }
  }
  return read;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function linesOf(text: string, skip: (reason: ChatSkipReason) => void): unknown[] {
  const rows = text.split('\n');
  const last = rows.pop() ?? '';
  const values = rows.filter((row) => row.trim() !== '').map(parse);
  if (last.trim() === '') return values;
  const ending = parse(last);
  if (ending === undefined) skip('unfinished');
  return ending === undefined ? values : [...values, ending];
}

function addAnswer(calls: Map<string, ChatCall>, answer: ChatAnswer, read: ReadFile, file: ChatFile): void {
  // A file that has lost its header is still called by its id.
  const own = read.id ?? path.parse(file.path).name;
  const key = JSON.stringify([own, answer.messageId]);
  const known = calls.get(key);
  const says = (one: ChatAnswer): number => one.tokens.total + one.tokens.output;
  if (known) {
    const fuller = says(answer) > says(known) ? answer : known;
    const atMs = Math.min(known.atMs, answer.atMs);
    calls.set(key, {
      ...known,
      tokens: fuller.tokens,
      model: fuller.model ?? known.model,
      atMs,
      lines: known.lines + 1,
    });
    return;
  }
  const sessionId = read.isAgent ? file.parentSession : own;
  calls.set(key, { ...answer, sessionId, agentId: read.isAgent ? own : null, project: file.project, lines: 1 });
}

/** Travels as `transaction_id`, and is the id under which the server keeps the call. */
export const chatCallId = ({ agentId, sessionId, messageId }: ChatCall): string =>
  eventId(['gemini-message', agentId ?? sessionId, messageId]);

export const chatUsage = (call: ChatCall): GeminiUsage => ({
  atMs: call.atMs,
  sessionId: call.sessionId,
  promptId: null,
  agentId: call.agentId,
  agent: call.agentId === null ? 'main' : 'subagent',
  messageId: call.messageId,
  model: call.model,
  tokens: call.tokens,
  durationMs: null,
  authType: null,
});
