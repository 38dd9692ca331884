import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Lines as the client writes them, with only what a test is about spelled out. */

export interface Said {
  id?: string | null;
  requestId?: string | null;
  uuid?: string | null;
  sessionId?: string;
  at?: string;
  output?: number;
  input?: number;
  read?: number;
  written?: number;
  split?: [in5m: number, in1h: number] | null;
  end?: string | null;
  model?: string | null;
  /** Laid over the line, the message and the usage block. */
  line?: object;
  message?: object;
  usage?: object;
}

export const SESSION = '11111111-1111-4111-8111-111111111111';
export const OTHER_SESSION = '22222222-2222-4222-8222-222222222222';
export const MESSAGE = 'msg_01Analytical';
export const REQUEST = 'req_011Babbage';
export const AT = '2026-11-20T10:00:00.000Z';

let count = 0;

export function answerLine(said: Said = {}): Record<string, unknown> {
  const { id = MESSAGE, requestId = REQUEST, uuid = `uuid-${++count}`, sessionId = SESSION, at = AT } = said;
  const { output = 50, input = 10, read = 2000, written = 100, split = [60, 40], end = null } = said;
  const { model = 'claude-opus-4-7' } = said;
  return {
    parentUuid: null,
    isSidechain: false,
    userType: 'external',
    cwd: '/home/ada/engine',
    sessionId,
    version: '2.1.329',
    ...(requestId === null ? {} : { requestId }),
    message: {
      ...(id === null ? {} : { id }),
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text: 'Notes by the translator, "quoted" \\ and {braced}' }],
      stop_reason: end,
      usage: {
        input_tokens: input,
        cache_creation_input_tokens: written,
        cache_read_input_tokens: read,
        ...(split
          ? { cache_creation: { ephemeral_5m_input_tokens: split[0], ephemeral_1h_input_tokens: split[1] } }
          : {}),
        output_tokens: output,
        ...said.usage,
      },
      ...said.message,
    },
    type: 'assistant',
    ...(uuid === null ? {} : { uuid }),
    timestamp: at,
    ...said.line,
  };
}

export const answer = (said: Said = {}): string => JSON.stringify(answerLine(said));

export interface Used {
  /** After `AT`. */
  minute?: number;
  failed?: boolean;
  sessionId?: string;
  /** The prompt whose lines these are copies of. */
  of?: string;
}

/** A tool used for a prompt: the answer that asks for it, and its result. */
export function used(promptId: string, name: string, input: object, said: Used): [asked: string, ended: string] {
  const { minute = 0, failed = false, sessionId = SESSION, of = promptId } = said;
  const id = `${of}_${minute}`;
  const at = (second: number): string => new Date(Date.parse(AT) + minute * 60_000 + second * 1000).toISOString();
  const content = [{ type: 'tool_use', id: `toolu_${id}`, name, input }];
  const ids = { id: `msg_${id}`, requestId: `req_${id}`, uuid: `uuid-${id}`, sessionId };
  const result = { type: 'tool_result', tool_use_id: `toolu_${id}`, is_error: failed, content: 'Cogs and wheels' };
  return [
    answer({ ...ids, at: at(0), end: 'tool_use', message: { content } }),
    JSON.stringify({
      ...{ type: 'user', isSidechain: false, promptId, sessionId, cwd: '/home/ada/engine', version: '2.1.329' },
      ...{ message: { role: 'user', content: [result] }, uuid: `result-${id}`, timestamp: at(5) },
    }),
  ];
}

/** What a person says, and the prompt that it begins. */
export const said = (promptId: string | null, line: object = {}): string =>
  JSON.stringify({
    ...{ parentUuid: null, isSidechain: false, ...(promptId === null ? {} : { promptId }), type: 'user' },
    ...{ message: { role: 'user', content: 'Weave, please' }, uuid: `said-${++count}`, timestamp: AT },
    ...{ sessionId: SESSION, cwd: '/home/ada/engine', version: '2.1.329', ...line },
  });

/** The copy of a sub-agent's line that old versions wrote into the parent's file. */
export function echo(said: Said = {}): string {
  const { message, uuid, timestamp, requestId, ...outer } = answerLine(said);
  const data = {
    message: { type: 'assistant', timestamp, message, requestId, uuid },
    normalizedMessages: [],
    type: 'agent_progress',
    prompt: '',
    agentId: 'a6af9d9',
  };
  return JSON.stringify({ ...outer, type: 'progress', data, toolUseID: 'agent_1', uuid: 'echo', timestamp });
}

/** `files`: path below `projects` → its lines, or its text as it is. Returns the `projects` folder. */
export function writeHistory(directory: string, files: Readonly<Record<string, readonly string[] | string>>): string {
  const projects = path.join(directory, 'projects');
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(projects, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : content.map((line) => `${line}\n`).join(''));
  }
  return projects;
}
