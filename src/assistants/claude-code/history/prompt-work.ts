import type { PromptWorkflow } from '../prompt-workflow.ts';
import { readLines } from './find-lines.ts';
import { isoMs } from './iso-time.ts';
import type { SessionFile } from './session-files.ts';
import type { Purpose } from './tool-purpose.ts';
import { purposeOf } from './tool-purpose.ts';
import { PromptUses } from './workflow-label.ts';

/** What one prompt was about, and where it was asked. */
export interface PromptWork extends PromptWorkflow {
  version: string | null;
  cwd: string | null;
}

/** How a session file names the answer that a line is of: the first of these that it has. */
export const answerId = (messageId: string | null, requestId: string | null, uuid: string | null): string | null =>
  messageId ?? requestId ?? uuid;

type Json = Readonly<Record<string, unknown>>;

const record = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Lines without these are not looked at. */
const ASKED = [Buffer.from('"tool_use"'), Buffer.from('"assistant"')] as const;
const ENDED = [Buffer.from('"tool_result"'), Buffer.from('"promptId"')] as const;
/** To be read whole, a line takes several times its length; one like this is an image or a huge output. */
const LONGEST_LINE = 16 << 20;
/** What the client puts in a result's place where a person said no: the tool did not run. */
const REJECTED = 'User rejected tool use';

/**
 * The prompts of one session, its sub-agents' files included, that used tools. A tool's result names the prompt that
 * it was used for; versions whose results do not (before 2.1) have none.
 *
 * @param own the answers that are this session's, see `answerId`: what a fork has copied is its original's
 */
export async function promptWork(files: readonly SessionFile[], own: ReadonlySet<string>): Promise<PromptWork[]> {
  const asked = new Map<string, Asked>();
  const prompts = new Map<string, Omit<PromptWork, 'workflow' | 'atMs'> & { uses: PromptUses }>();
  const end = (line: Json, result: Json): void => {
    const id = text(result.tool_use_id);
    const use = id === null ? undefined : asked.get(id);
    const sessionId = text(line.sessionId);
    const promptId = text(line.promptId);
    const endedMs = timeOf(line);
    if (id === null || !use || sessionId === null || promptId === null || endedMs === null) return;
    asked.delete(id);
    if (line.toolUseResult === REJECTED) return;
    const key = JSON.stringify([sessionId, promptId]);
    const prompt = prompts.get(key) ?? {
      ...{ sessionId, promptId, uses: new PromptUses() },
      ...{ version: text(line.version), cwd: text(line.cwd) },
    };
    prompts.set(key, prompt);
    prompt.uses.add({ ...use, endedMs, failed: result.is_error === true });
  };
  for (const file of files)
    await readLines(file, (bytes) => {
      const isAsked = ASKED.every((mark) => bytes.includes(mark));
      if (bytes.length > LONGEST_LINE) return;
      if (!isAsked && !ENDED.every((mark) => bytes.includes(mark))) return;
      const line = parsed(bytes);
      if (line?.type === 'assistant' && isOwn(line, own)) for (const use of usesOf(line)) asked.set(...use);
      if (line?.type === 'user') for (const result of blocks(line, 'tool_result')) end(line, result);
    });
  return [...prompts.values()].map(({ uses, ...prompt }) => ({
    ...prompt,
    workflow: uses.workflow,
    atMs: uses.lastMs,
  }));
}

/** A use of a tool whose end has not been met yet; of its input nothing is kept. */
interface Asked {
  purpose: Purpose;
  askedMs: number;
}

function* usesOf(line: Json): Generator<[id: string, use: Asked]> {
  const askedMs = timeOf(line);
  for (const block of blocks(line, 'tool_use')) {
    const id = text(block.id);
    const tool = text(block.name);
    if (id === null || tool === null || askedMs === null) continue;
    yield [id, { purpose: purposeOf(tool, record(block.input) ?? {}, text(line.cwd)), askedMs }];
  }
}

function isOwn(line: Json, own: ReadonlySet<string>): boolean {
  const id = answerId(text(record(line.message)?.id), text(line.requestId), text(line.uuid));
  return id !== null && own.has(id);
}

function blocks(line: Json, type: string): Json[] {
  const content = record(line.message)?.content;
  if (!Array.isArray(content)) return [];
  return content.flatMap((value: unknown) => {
    const block = record(value);
    return block?.type === type ? [block] : [];
  });
}

const timeOf = (line: Json): number | null => (typeof line.timestamp === 'string' ? isoMs(line.timestamp) : null);

/** Null for what is no object; what is broken was counted when the file was scanned. */
function parsed(bytes: Buffer): Json | null {
  try {
    return record(JSON.parse(bytes.toString('utf8')));
  } catch {
    return null;
  }
}
