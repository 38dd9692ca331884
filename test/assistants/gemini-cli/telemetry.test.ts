import { describe, expect, test } from 'vitest';
import { eventsOf } from '../../../src/assistants/index.ts';
import { decodeLogs } from '../../../src/otlp/decode.ts';
import type { EventState } from '../../../src/usage/event.ts';
import { geminiCallKey } from '../../../src/usage/identity.ts';
import type { Scalar } from '../../support/otlp-request.ts';
import { logRecord, request } from '../../support/otlp-request.ts';
import { GEMINI_RECORDINGS, recordsOf, valueOf } from '../../support/recordings.ts';

const observe = (body: unknown) => eventsOf(decodeLogs(JSON.stringify(body), 'json').records, 'acme');
const recorded = (part: string) => observe(GEMINI_RECORDINGS.find(({ name }) => name.includes(part))?.body);

const CALL = {
  'session.id': 's1',
  prompt_id: 's1########2',
  model: 'gemini-3.8-flash',
  input_token_count: 1201,
  output_token_count: 51,
  cached_content_token_count: 801,
  thoughts_token_count: 301,
  tool_token_count: 21,
  total_token_count: 1574,
};
function call(values: Record<string, Scalar> = {}, resource: Record<string, Scalar> = {}): EventState {
  const { events, rejected } = observe(
    request([logRecord('gemini_cli.api_response', { ...CALL, ...values })], resource),
  );
  expect(rejected.reasons).toEqual([]);
  const [event] = events;
  if (!event || events.length > 1) throw new Error('expected one event');
  return event;
}

describe('recorded requests', () => {
  test.each(GEMINI_RECORDINGS)('$name: each model call once, whatever else tells of it', ({ body }) => {
    const sent = recordsOf(body).filter((record) => valueOf(record, 'event.name') === 'gemini_cli.api_response');
    const number = (record: (typeof sent)[number], key: string) => Number(valueOf(record, `${key}_token_count`));
    expect(observe(body).events).toMatchObject(
      sent.map((record) => ({
        assistant: 'gemini-cli',
        sessionId: valueOf(record, 'session.id'),
        model: valueOf(record, 'model'),
        inputTokens: number(record, 'input') - number(record, 'cached_content') + number(record, 'tool'),
        outputTokens: number(record, 'output') + number(record, 'thoughts'),
        reasoningTokens: number(record, 'thoughts'),
        cacheReadTokens: number(record, 'cached_content'),
        idless: true,
        billing: 'metered',
      })),
    );
  });

  test('hold seven calls in three sessions', () => {
    const events = GEMINI_RECORDINGS.flatMap(({ body }) => observe(body).events);
    expect(events).toHaveLength(7);
    expect(new Set(events.map(({ id }) => id)).size).toBe(7);
    expect(new Set(events.map(({ sessionId }) => sessionId)).size).toBe(3);
  });

  test('of the router and of a sub-agent say so; labels come from the resource', () => {
    expect(recorded('auto-router').events.map(({ agent }) => agent)).toEqual(['background:router', 'main']);
    expect(recorded('subagent').events.map(({ agent }) => agent)).toEqual(['main', 'subagent', 'main']);
    expect(recorded('tool').events[0]).toMatchObject({
      organization: 'acme',
      product: 'gemini lab',
      actor: expect.stringMatching(/^user:/) as string,
    });
  });

  test('of a failing call give the error', () => {
    expect(recorded('error')).toMatchObject({
      events: [],
      activities: [
        { kind: 'prompt', size: 13, assistant: 'gemini-cli' },
        { kind: 'error', name: 'ApiError', outcome: '400', durationMs: 155, model: 'gemini-2.5-flash', agent: 'main' },
      ],
    });
  });

  test('of a sub-agent give its tools and its end', () => {
    expect(recorded('subagent').activities).toMatchObject([
      { kind: 'prompt', size: 11 },
      { kind: 'tool-decision', name: 'complete_task', outcome: 'accept', decidedBy: null, agent: 'subagent' },
      { kind: 'tool-result', name: 'complete_task', outcome: 'true', size: 36, agent: 'subagent' },
      { kind: 'agent', name: 'codebase_investigator', size: 1, durationMs: 312 },
      { kind: 'tool-decision', name: 'invoke_agent', outcome: 'accept' },
      { kind: 'tool-result', name: 'invoke_agent', outcome: 'true', durationMs: 356 },
    ]);
  });

  test('sent again give the same ids, each once', () => {
    const ids = () =>
      GEMINI_RECORDINGS.flatMap(({ body }) => observe(body)).flatMap(({ events, activities }) =>
        [...events, ...activities].map(({ id }) => id),
      );
    expect(ids()).toEqual(ids());
    expect(new Set(ids()).size).toBe(ids().length);
  });
});

describe('tokens', () => {
  test('uncached input is never negative', () => {
    expect(call({ input_token_count: 100, cached_content_token_count: 300 })).toMatchObject({
      inputTokens: 21,
      cacheReadTokens: 300,
    });
  });

  test('as text, and absent ones as zero', () => {
    expect(call({ input_token_count: '1201', tool_token_count: '' })).toMatchObject({
      inputTokens: 400,
      outputTokens: 352,
    });
  });

  test('none at all are a call whose numbers are missing', () => {
    const zeros = {
      input_token_count: 0,
      output_token_count: 0,
      cached_content_token_count: 0,
      thoughts_token_count: 0,
    };
    expect(call(zeros).partial).toBe(true);
    expect(call().partial).toBe(false);
  });

  test('that are no counts refuse the record', () => {
    const { events, rejected } = observe(
      request([logRecord('gemini_cli.api_response', { ...CALL, output_token_count: -1 })]),
    );
    expect(events).toEqual([]);
    expect(rejected.reasons).toEqual([
      'gemini_cli.api_response: output_token_count is not a whole number from 0 to 1000000000',
    ]);
  });
});

describe('pairing with session files', () => {
  const tokens = { input: 1201, output: 51, cached: 801, thoughts: 301, tool: 21, total: 1574 };

  test.each([
    ['the session alone', 's1', 's1'],
    ['an interactive prompt', 's1########2', 's1'],
    ["a sub-agent's turn", 'a77#0', 'a77'],
    ['a later turn of it', 'a77#12', 'a77'],
  ])('%s', (_, prompt_id, session) => {
    expect(call({ prompt_id })).toMatchObject({
      callKeys: [geminiCallKey('acme', session, tokens)],
      sessionId: 's1',
      promptId: prompt_id,
    });
  });
});

describe('who pays', () => {
  test.each([
    ['gemini-api-key', 'metered'],
    ['vertex-ai', 'metered'],
    ['gateway', 'metered'],
    ['oauth-personal', 'unknown'],
    ['cloud-shell', 'unknown'],
  ])('%s: %s', (auth_type, billing) => expect(call({ auth_type }).billing).toBe(billing));
});

test.each([
  ['main', 'main'],
  ['subagent', 'subagent'],
  ['utility_compressor', 'background:compressor'],
  ['future', 'background:future'],
])('the role %s is the agent %s', (role, agent) => expect(call({ role }).agent).toBe(agent));

test("the client's version is not known: service.version is Node's", () => {
  expect(call({}, { 'service.version': 'v20.20.2' }).version).toBeNull();
});

test('a tool call that was refused has no result, and only some acceptances are known to be a person’s', () => {
  const deeds = (decision: string) =>
    observe(
      request([
        logRecord('gemini_cli.tool_call', { function_name: 'replace', decision, success: decision !== 'reject' }),
      ]),
    ).activities.map(({ kind, outcome, decidedBy }) => [kind, outcome, decidedBy]);
  expect(deeds('reject')).toEqual([['tool-decision', 'reject', null]]);
  expect(deeds('accept')).toEqual([
    ['tool-decision', 'accept', null],
    ['tool-result', 'true', null],
  ]);
  expect(deeds('auto_accept')).toEqual([
    ['tool-decision', 'accept', 'config'],
    ['tool-result', 'true', null],
  ]);
  expect(deeds('modify')).toEqual([
    ['tool-decision', 'accept', 'user'],
    ['tool-result', 'true', null],
  ]);
});
