import type { Started } from './file-start.ts';
import { readLines } from './find-lines.ts';
import type { Json } from './json-line.ts';
import { blocks, parsed, record, text, timeOf } from './json-line.ts';
import type { ChainedLine } from './prompt-chain.ts';
import { PromptChain } from './prompt-chain.ts';
import type { PromptWork } from './prompt-work.ts';
import { WorkOfPrompts } from './prompt-work.ts';
import type { SessionFile } from './session-files.ts';

/** A file that was scanned. */
type ReadFile = SessionFile & Pick<Started, 'startedMs'>;

/** What a session's files tell of its prompts. */
export interface SessionPrompts {
  /** Those that used tools. */
  work: PromptWork[];
  /** Which prompt an answer (see `answerId`) is for; null or none where that cannot be told. */
  ofAnswers: ReadonlyMap<string, string | null>;
}

/** How a session file names the answer that a line is of: the first of these that it has. */
export const answerId = (messageId: string | null, requestId: string | null, uuid: string | null): string | null =>
  messageId ?? requestId ?? uuid;

const ANSWER = Buffer.from('"assistant"');
const TOOL = Buffer.from('"tool_use"');
const SAID = Buffer.from('"user"');
const PROMPT = Buffer.from('"promptId"');
/** To be read whole, a line takes several times its length; one like this is an image or a huge output. */
const LONGEST_LINE = 16 << 20;

/**
 * The prompts of one session, its sub-agents' files included. What a person says and a tool's result name their prompt,
 * by the id that telemetry has for it too; in versions whose lines do not (before 2.1) there are none.
 *
 * @param own the answers that are this session's, see `answerId`: what a fork has copied is its original's
 */
export async function sessionPrompts(files: readonly ReadFile[], own: ReadonlySet<string>): Promise<SessionPrompts> {
  const work = new WorkOfPrompts();
  const ofAnswers = new Map<string, string | null>();
  for (const file of files) {
    const chain = new PromptChain();
    const answered = (line: Json): void => {
      const promptId = chain.goOn(placeOf(line));
      const id = answerId(text(record(line.message)?.id), text(line.requestId), text(line.uuid));
      if (id === null || !own.has(id)) return;
      work.ask(line);
      if (!ofAnswers.has(id)) ofAnswers.set(id, isCopy(line, file) ? null : promptId);
    };
    const said = (line: Json): void => {
      const promptId = text(line.promptId);
      const results = blocks(line, 'tool_result');
      // What the client adds of its own goes on with what was said before.
      if (promptId === null && (results.length > 0 || line.isMeta === true)) chain.goOn(placeOf(line));
      else chain.begin(placeOf(line), promptId);
      for (const result of results) work.end(line, result);
    };
    const look = (bytes: Buffer): void => {
      const isAnswer = bytes.includes(ANSWER) && (chain.isOfUse || bytes.includes(TOOL));
      const isSaid = bytes.includes(SAID) && (chain.isOfUse || bytes.includes(PROMPT));
      const line = isAnswer || isSaid ? parsed(bytes) : null;
      if (line?.type === 'assistant') answered(line);
      else if (line?.type === 'user') said(line);
      else chain.pass(bytes);
    };
    await readLines(file, look, { longest: LONGEST_LINE, skip: () => chain.lose() });
  }
  return { work: work.prompts(), ofAnswers };
}

const placeOf = (line: Json): ChainedLine => ({
  uuid: text(line.uuid),
  parentUuid: text(line.parentUuid),
  sessionId: text(line.sessionId),
});

/** What a fork has copied may stand under the fork's own prompt. It is older than the file, or says whose it is. */
function isCopy(line: Json, { startedMs }: ReadFile): boolean {
  const original = text(line.requestSessionId);
  const atMs = timeOf(line);
  const isOlder = atMs !== null && startedMs !== null && atMs < startedMs;
  return isOlder || (original !== null && original !== text(line.sessionId));
}
