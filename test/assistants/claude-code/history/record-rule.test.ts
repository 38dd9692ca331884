import { describe, expect, it } from 'vitest';
import type { CallRecord } from '../../../../src/assistants/claude-code/history/call-record.ts';
import { recordId } from '../../../../src/assistants/claude-code/history/call-record.ts';
import type { History } from '../../../support/session-history.ts';
import { plainHistory } from '../../../support/session-history.ts';
import { scannedHistory } from '../../../support/scanned-history.ts';
import type { Said } from '../../../support/session-lines.ts';
import {
  AT,
  MESSAGE,
  OTHER_SESSION,
  REQUEST,
  SESSION,
  answer,
  echo,
  writeHistory,
} from '../../../support/session-lines.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** Each reads a `projects` folder; all must agree on every case below. */
const READERS: Record<string, (projects: string) => History | Promise<History>> = {
  'the plain rule': plainHistory,
  'the scan': (projects) => scannedHistory(projects),
};

type Expected = Partial<CallRecord>;
interface Case {
  name: string;
  files: Record<string, readonly string[] | string>;
  records: Expected[];
  skipped?: History['skipped'];
}

const A = `-home-ada/${SESSION}.jsonl`;
const B = `-home-ada/${OTHER_SESSION}.jsonl`;
const AGENT = `-home-ada/${SESSION}/subagents/agent-a6af9d9.jsonl`;
const seconds = (n: number): string => new Date(Date.parse(AT) + n * 1000).toISOString();

/** Three blocks of one answer, as streaming versions write them. */
const stream = (said: Said = {}): string[] =>
  [3, 9, 159].map((output, i) => answer({ ...said, output, at: seconds(i), end: output === 159 ? 'end_turn' : null }));

const CASES: Case[] = [
  {
    name: 'one line for each block: the last output, each other number once, the time of the end',
    files: { [A]: stream() },
    records: [
      {
        requestId: REQUEST,
        messageId: MESSAGE,
        sessionId: SESSION,
        outputTokens: 159,
        inputTokens: 10,
        cacheReadTokens: 2000,
        cacheWrite5mTokens: 60,
        cacheWrite1hTokens: 40,
        splitKnown: true,
        atMs: Date.parse(AT) + 2000,
        lines: 3,
        partial: false,
        agent: 'main',
        model: 'claude-opus-4-7',
        version: '2.1.329',
        cwd: '/home/ada/engine',
      },
    ],
  },
  {
    name: 'lines in any order',
    files: { [A]: stream().reverse() },
    records: [{ outputTokens: 159, atMs: Date.parse(AT) + 2000, partial: false }],
  },
  {
    name: 'no request id, other times',
    files: { [A]: stream({ requestId: null }) },
    records: [{ outputTokens: 159, inputTokens: 10, requestId: null, lines: 3 }],
  },
  {
    name: 'no request id, copied by a fork under a new session id',
    files: { [A]: stream({ requestId: null }), [B]: stream({ requestId: null, sessionId: OTHER_SESSION }) },
    records: [{ outputTokens: 159, inputTokens: 10, lines: 6 }],
  },
  {
    name: 'a fork that says where its lines come from belongs to the original session',
    files: { [B]: [answer({ sessionId: OTHER_SESSION, line: { requestSessionId: SESSION } })] },
    records: [{ sessionId: SESSION }],
  },
  {
    name: 'a fork that does not say so is known by its first line, which is younger',
    files: {
      [A]: [JSON.stringify({ type: 'queue-operation', timestamp: seconds(60), sessionId: SESSION }), ...stream()],
      [B]: [
        JSON.stringify({ type: 'mode', sessionId: OTHER_SESSION }),
        JSON.stringify({ type: 'queue-operation', timestamp: seconds(0), sessionId: OTHER_SESSION }),
        ...stream({ sessionId: OTHER_SESSION }),
      ],
    },
    records: [{ sessionId: OTHER_SESSION, lines: 6 }],
  },
  {
    name: 'a fork of an old version: new time, no request id',
    files: {
      [A]: stream(),
      [B]: [answer({ requestId: null, sessionId: OTHER_SESSION, at: seconds(3600), output: 3 })],
    },
    records: [{ requestId: REQUEST, outputTokens: 159, atMs: Date.parse(AT) + 2000, lines: 4, sessionId: SESSION }],
  },
  {
    name: 'a copy cut short dates nothing',
    files: { [A]: stream(), [B]: stream({ sessionId: OTHER_SESSION }).slice(0, 2) },
    records: [{ outputTokens: 159, atMs: Date.parse(AT) + 2000, partial: false }],
  },
  {
    name: 'one line with a request id, one without',
    files: { [A]: [answer({ requestId: null, output: 3 }), answer({ output: 159 })] },
    records: [{ requestId: REQUEST, outputTokens: 159, lines: 2 }],
  },
  {
    name: 'an aside repeats its parent under a new request id: the parent stands',
    files: {
      [A]: stream(),
      [AGENT]: [
        answer({ requestId: 'req_aside', output: 159, line: { isSidechain: true } }),
        answer({ requestId: 'req_aside', id: 'msg_aside', output: 7, line: { isSidechain: true } }),
      ],
    },
    records: [
      { requestId: REQUEST, messageId: MESSAGE, outputTokens: 159, agent: 'main' },
      { requestId: 'req_aside', messageId: 'msg_aside', outputTokens: 7, agent: 'subagent' },
    ],
  },
  {
    name: 'an aside whose parent is gone keeps its request id for its own answer',
    files: {
      [AGENT]: [
        answer({ requestId: 'req_aside', line: { isSidechain: true } }),
        answer({ requestId: 'req_aside', id: 'msg_aside', output: 7, at: seconds(9), line: { isSidechain: true } }),
      ],
    },
    records: [
      { requestId: null, messageId: MESSAGE, outputTokens: 50 },
      { requestId: 'req_aside', messageId: 'msg_aside', outputTokens: 7 },
    ],
  },
  {
    name: 'a sub-agent is billed, and its echo in the parent is not billed again',
    files: {
      [A]: [answer(), echo({ id: 'msg_sub', requestId: 'req_sub', output: 8 })],
      [AGENT]: [
        answer({
          id: 'msg_sub',
          requestId: 'req_sub',
          output: 8,
          end: 'end_turn',
          line: { isSidechain: true, agentId: 'a6af9d9', attributionAgent: 'general-purpose' },
        }),
      ],
    },
    records: [
      { messageId: MESSAGE, agent: 'main' },
      { messageId: 'msg_sub', requestId: 'req_sub', outputTokens: 8, lines: 2, partial: false },
    ],
  },
  {
    name: 'an echo alone counts too',
    files: { [A]: [echo({ id: 'msg_sub', requestId: 'req_sub', output: 8 })] },
    records: [{ messageId: 'msg_sub', requestId: 'req_sub', outputTokens: 8, agent: 'subagent', sessionId: SESSION }],
  },
  {
    name: "a sub-agent's kind is read from the description beside its file",
    files: {
      [AGENT]: [answer({ line: { isSidechain: true } })],
      [AGENT.replace('.jsonl', '.meta.json')]: '{"agentType":"Explore","description":"look"}',
    },
    records: [{ agent: 'Explore' }],
  },
  {
    name: 'sub-agents beside the session files, and inside them, as old versions had it',
    files: {
      '-home-ada/agent-0a1b2c3.jsonl': [answer({ id: 'msg_flat', requestId: 'req_flat', line: { isSidechain: true } })],
      [A]: [answer({ id: 'msg_in', requestId: null, line: { isSidechain: true } })],
    },
    records: [{ messageId: 'msg_flat' }, { messageId: 'msg_in', agent: 'subagent' }],
  },
  {
    name: 'a relay with one constant id: each answer counts, the blocks of one count once',
    files: {
      [A]: [
        answer({ id: 'ocgo', requestId: null, input: 1, output: 3 }),
        answer({ id: 'ocgo', requestId: null, input: 1, output: 30 }),
        answer({ id: 'ocgo', requestId: null, input: 2, output: 40 }),
      ],
      [B]: [answer({ id: 'ocgo', requestId: null, input: 1, output: 50, sessionId: OTHER_SESSION })],
    },
    records: [
      { messageId: 'ocgo', inputTokens: 1, outputTokens: 30 },
      { messageId: 'ocgo', inputTokens: 2, outputTokens: 40 },
      { messageId: 'ocgo', inputTokens: 1, outputTokens: 50, sessionId: OTHER_SESSION },
    ],
  },
  {
    name: "a fork of a relay's session: lines keep their ids",
    files: {
      [A]: [answer({ id: 'ocgo', requestId: null, uuid: 'u1' }), answer({ id: 'ocgo', requestId: null, uuid: 'u2' })],
      [B]: ['u1', 'u2'].map((uuid) => answer({ id: 'ocgo', requestId: null, uuid, sessionId: OTHER_SESSION })),
    },
    records: [{ messageId: 'ocgo', sessionId: SESSION, lines: 4 }],
  },
  {
    name: 'a foreign message id under a real request id',
    files: { [A]: [answer({ id: 'chatcmpl-1', output: 3 }), answer({ id: 'chatcmpl-1', output: 9 })] },
    records: [{ requestId: REQUEST, messageId: 'chatcmpl-1', outputTokens: 9 }],
  },
  {
    name: "no id but the line's own",
    files: {
      [A]: [answer({ id: null, requestId: null, uuid: 'u1' })],
      [B]: [answer({ id: null, requestId: null, uuid: 'u1' })],
    },
    records: [{ messageId: null, requestId: null, uuid: 'u1', lines: 2 }],
  },
  {
    name: 'no id at all',
    files: { [A]: [answer({ id: null, requestId: null, uuid: null })] },
    records: [],
    skipped: { noId: 1 },
  },
  {
    name: 'empty and null request ids are none',
    files: {
      [A]: [answer({ line: { requestId: '' } })],
      [B]: [answer({ id: 'msg_2', line: { requestId: null } })],
    },
    records: [
      { messageId: MESSAGE, requestId: null },
      { messageId: 'msg_2', requestId: null },
    ],
  },
  {
    name: "a gateway's request id is none",
    files: { [A]: [answer({ requestId: 'b7c1' }), answer({ id: 'msg_2', requestId: 'b7c1' })] },
    records: [
      { messageId: MESSAGE, requestId: null },
      { messageId: 'msg_2', requestId: null },
    ],
  },
  {
    name: 'made up by the client, errors of the client, nothing at all',
    files: {
      [A]: [
        answer({ model: '<synthetic>', input: 0, output: 0, read: 0, written: 0 }),
        answer({ id: 'msg_2', output: 5, line: { isApiErrorMessage: true } }),
        answer({ id: 'msg_3', input: 0, output: 0, read: 0, written: 0, split: null }),
      ],
    },
    records: [],
    skipped: { synthetic: 1, apiError: 1, empty: 1 },
  },
  {
    name: 'an advisor and a compaction are calls of their own',
    files: {
      [A]: [
        answer({
          output: 20,
          usage: {
            iterations: [
              { type: 'compaction', input_tokens: 900, output_tokens: 30 },
              { type: 'message', model: null, input_tokens: 5, output_tokens: 15 },
              { type: 'advisor_message', model: 'claude-opus-5-5', input_tokens: 700, output_tokens: 70 },
              { type: 'message', input_tokens: 5, output_tokens: 5 },
              { type: 'advisor_message', model: 'claude-opus-5-5', input_tokens: 800, output_tokens: 80 },
            ],
          },
        }),
      ],
    },
    records: [
      { requestId: REQUEST, outputTokens: 20, model: 'claude-opus-4-7' },
      { requestId: `${REQUEST}:compaction:1`, inputTokens: 900, outputTokens: 30, model: 'claude-opus-4-7' },
      { requestId: `${REQUEST}:advisor:1`, inputTokens: 700, outputTokens: 70, model: 'claude-opus-5-5' },
      { requestId: `${REQUEST}:advisor:2`, inputTokens: 800, outputTokens: 80, model: 'claude-opus-5-5' },
    ],
  },
  {
    name: 'no line knows the end: partial, and the larger output stands',
    files: { [A]: [answer({ output: 3 }), answer({ output: 8 }), answer({ output: 3 })] },
    records: [{ outputTokens: 8, partial: true }],
  },
  {
    name: 'nulls inside what the model wrote',
    files: {
      [A]: [
        answer({ message: { content: [{ type: 'tool_use', id: 't', name: 'X', input: { id: null, model: null } }] } }),
      ],
    },
    records: [{ outputTokens: 50 }],
  },
  {
    name: 'a speed that is null or unknown is the standard one',
    files: {
      [A]: [
        answer({ usage: { speed: null } }),
        answer({ id: 'msg_2', requestId: 'req_2', usage: { speed: 'turbo' } }),
        answer({
          id: 'msg_3',
          requestId: 'req_3',
          usage: { speed: 'fast', service_tier: 'priority', inference_geo: 'us' },
        }),
      ],
    },
    records: [
      { messageId: MESSAGE, speed: null },
      { messageId: 'msg_2', speed: null },
      { messageId: 'msg_3', speed: 'fast', serviceTier: 'priority', inferenceGeo: 'us' },
    ],
  },
  {
    name: 'times of other precision, and with an offset',
    files: {
      [A]: [
        answer({ at: '2026-11-20T10:00:00.123456Z' }),
        answer({ id: 'msg_2', requestId: 'req_2', at: '2026-11-20T12:00:00+02:00' }),
        answer({ id: 'msg_3', requestId: 'req_3', at: '2026-11-20T10:00:01' }),
      ],
    },
    records: [
      { messageId: MESSAGE, atMs: Date.parse(AT) + 123 },
      { messageId: 'msg_2', atMs: Date.parse(AT) },
      { messageId: 'msg_3', atMs: Date.parse(AT) + 1000 },
    ],
  },
  {
    name: 'no readable time',
    files: { [A]: [answer({ at: 'yesterday' }), answer({ id: 'msg_2', line: { timestamp: 5 } })] },
    records: [],
    skipped: { badTimestamp: 2 },
  },
  {
    name: 'spaces around keys and values',
    files: { [A]: [answer().replaceAll('":', '" : ').replaceAll(',"', ' , "')] },
    records: [{ outputTokens: 50, cacheReadTokens: 2000, requestId: REQUEST }],
  },
  {
    name: 'a byte order mark',
    files: { [A]: `\uFEFF${answer()}\n` },
    records: [{ outputTokens: 50 }],
  },
  {
    name: 'Windows line ends',
    files: { [A]: `${stream().join('\r\n')}\r\n` },
    records: [{ outputTokens: 159, lines: 3 }],
  },
  {
    name: 'a cache write that is divided not at all, in zeros, in part',
    files: {
      [A]: [
        answer({ split: null }),
        answer({ id: 'msg_2', requestId: 'req_2', split: [0, 0] }),
        answer({ id: 'msg_3', requestId: 'req_3', split: [0, 30] }),
        answer({ id: 'msg_4', requestId: 'req_4', usage: { cache_creation: null } }),
      ],
    },
    records: [
      { messageId: MESSAGE, cacheWrite5mTokens: 100, cacheWrite1hTokens: 0, splitKnown: false },
      { messageId: 'msg_2', cacheWrite5mTokens: 100, cacheWrite1hTokens: 0, splitKnown: false },
      { messageId: 'msg_3', cacheWrite5mTokens: 70, cacheWrite1hTokens: 30, splitKnown: false },
      { messageId: 'msg_4', cacheWrite5mTokens: 100, cacheWrite1hTokens: 0, splitKnown: false },
    ],
  },
  {
    name: 'a gateway without cache fields',
    files: {
      [A]: [answer({ message: { usage: { input_tokens: 7, output_tokens: 9 } } })],
    },
    records: [{ inputTokens: 7, outputTokens: 9, cacheReadTokens: 0, cacheWrite5mTokens: 0 }],
  },
  {
    name: 'web searches and reasoning',
    files: {
      [A]: [
        answer({
          usage: { server_tool_use: { web_search_requests: 2 }, output_tokens_details: { thinking_tokens: 11 } },
        }),
      ],
    },
    records: [{ webSearches: 2, reasoningTokens: 11 }],
  },
  {
    name: "a tool's result that reports a sub-agent's totals is no call",
    files: {
      [A]: [
        answer(),
        JSON.stringify({ type: 'user', toolUseResult: { usage: { input_tokens: 1, output_tokens: 999 } }, uuid: 'x' }),
        JSON.stringify({ toolUseResult: { usage: { input_tokens: 1, output_tokens: 999 } }, type: 'user', uuid: 'y' }),
      ],
    },
    records: [{ outputTokens: 50 }],
    skipped: { otherType: 1 },
  },
  {
    name: 'progress of another kind is no call',
    files: {
      [A]: [
        JSON.stringify({ uuid: 'x', type: 'progress', data: { type: 'hook_progress', output: { output_tokens: 1 } } }),
        JSON.stringify({ type: 'progress', data: { output: { output_tokens: 1 }, type: 'bash_progress' } }),
      ],
    },
    records: [],
    skipped: { otherType: 1 },
  },
  {
    name: 'usage that the model wrote about is text',
    files: {
      [A]: [
        answer({
          message: {
            content: [
              { type: 'text', text: '{"usage":{"input_tokens":5,"output_tokens":7}}' },
              { type: 'tool_use', input: { usage: { input_tokens: 400, output_tokens: 500 }, type: 'user' } },
            ],
          },
        }),
      ],
    },
    records: [{ outputTokens: 50, inputTokens: 10 }],
  },
  {
    name: 'counts that are no counts',
    files: {
      [A]: [
        answer({ output: -1 }),
        answer({ id: 'msg_2', input: 1.5 }),
        answer({ id: 'msg_3', usage: { output_tokens: '12' } }),
        answer({ id: 'msg_4', requestId: 'req_4', usage: { input_tokens: null } }),
      ],
    },
    records: [{ messageId: 'msg_4', inputTokens: 0, outputTokens: 50 }],
    skipped: { badNumbers: 3 },
  },
  {
    name: 'broken and half-written lines',
    files: {
      [A]: `${answer()}\n${answer({ id: 'msg_cut' }).slice(0, -40)}\n${answer({ id: 'msg_2', requestId: 'req_2' })}\n{"type":"assistant","mess`,
      [B]: answer({ id: 'msg_3', requestId: 'req_3' }),
    },
    records: [{ messageId: MESSAGE }, { messageId: 'msg_2' }, { messageId: 'msg_3' }],
    skipped: { malformed: 1, unfinished: 1 },
  },
  {
    name: 'JSON that is no line, an answer without usage',
    files: {
      [A]: [
        '["output_tokens"]',
        '"\\"output_tokens\\""',
        '{"output_tokens":1}',
        '{"type":"assistant","message":{"content":{"output_tokens":1}}}',
        '{"type":"assistant","message":"output_tokens","x":"output_tokens"}',
      ],
    },
    records: [],
    skipped: { malformed: 1, otherType: 1, noUsage: 2 },
  },
  {
    name: 'the same folder twice, empty files, other files',
    files: { [A]: stream(), [B]: '', '-home-ada/notes.txt': answer({ id: 'msg_text' }) },
    records: [{ outputTokens: 159 }],
  },
];

for (const [reader, read] of Object.entries(READERS))
  describe(`the record rule, by ${reader}`, () => {
    for (const { name, files, records, skipped = {} } of CASES)
      it(name, async () => {
        const found = await read(writeHistory(tempDir(), files));
        const matching = records.map((record) => found.records.find((one) => matches(one, record)));
        expect(matching, JSON.stringify(found.records, null, 1)).toEqual(
          records.map((r) => expect.objectContaining(r) as object),
        );
        expect(found.records).toHaveLength(records.length);
        expect(new Set(found.records.map(recordId)).size).toBe(records.length);
        expect(found.skipped).toEqual(skipped);
      });
  });

const matches = (record: CallRecord, wanted: Expected): boolean =>
  Object.entries(wanted).every(([key, value]) => record[key as keyof CallRecord] === value);
