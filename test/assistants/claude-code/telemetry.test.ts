import { describe, expect, test } from 'vitest';
import { eventsOf } from '../../../src/assistants/index.ts';
import { decodeLogs } from '../../../src/otlp/decode.ts';
import type { EventState } from '../../../src/usage/event.ts';
import { claudeCallKey, eventId, messageKeyOf } from '../../../src/usage/identity.ts';
import { GROUPS } from '../../../src/usage/merge.ts';
import type { Scalar } from '../../support/otlp-request.ts';
import { AT_MS, logRecord, request } from '../../support/otlp-request.ts';
import { CLAUDE_RECORDINGS, LEDGER, recordsOf, valueOf } from '../../support/recordings.ts';

const observe = (body: unknown, org = 'acme') => eventsOf(decodeLogs(JSON.stringify(body), 'json').records, org);

const CALL = {
  'session.id': 's1',
  model: 'claude-opus-5-5',
  input_tokens: 10,
  output_tokens: 20,
  cache_read_tokens: 30,
};
const calls = (values: Record<string, Scalar>, resource?: Record<string, Scalar>, org?: string) =>
  observe(request([logRecord('claude_code.api_request', { ...CALL, ...values })], resource), org);
/** The event of one `api_request` that has these attributes besides CALL's. */
function call(values: Record<string, Scalar>, resource?: Record<string, Scalar>, org?: string): EventState {
  const { events, rejected } = calls(values, resource, org);
  expect(rejected.reasons).toEqual([]);
  const [event] = events;
  if (!event || events.length > 1) throw new Error('expected one event');
  return event;
}

const rankOf = (group: string, ranks: readonly number[]) => ranks[GROUPS.findIndex(({ name }) => name === group)] ?? 0;

describe('recorded requests', () => {
  test('of 2.1.329 give the calls that the API answered, once each', () => {
    const recordings = CLAUDE_RECORDINGS.filter(({ run }) => !run.endsWith('2.1.101'));
    const events = recordings.flatMap(({ body }) => observe(body).events);
    // A stream that broke midway is in no record.
    const answered = LEDGER.filter((line) => line.ua.includes('2.1.329') && line.usage && !line.mid);
    const expected = answered.map(({ request_id: id, model, usage }) => ({
      // One answer had no request-id header; its unique input tells which.
      id: usage?.input_tokens === 197 ? (expect.any(String) as string) : eventId(['claude-request', id]),
      model,
      inputTokens: usage?.input_tokens,
      outputTokens: usage?.output_tokens,
      cacheReadTokens: usage?.cache_read_input_tokens,
      cacheWrite5mTokens: usage?.cache_creation.ephemeral_5m_input_tokens,
      cacheWrite1hTokens: usage?.cache_creation.ephemeral_1h_input_tokens,
    }));
    const byInput = (a: { inputTokens?: number | undefined }, b: typeof a) =>
      (a.inputTokens ?? 0) - (b.inputTokens ?? 0);
    expect(events.toSorted(byInput)).toMatchObject(expected.toSorted(byInput));
    expect(events).toHaveLength(answered.length);
    expect(events.filter(({ idless }) => idless).map(({ inputTokens }) => inputTokens)).toEqual([197]);
  });

  test.each(CLAUDE_RECORDINGS)('$name: one event for each api_request, with its numbers', ({ body }) => {
    const sent = recordsOf(body).filter((record) => valueOf(record, 'event.name') === 'api_request');
    const number = (record: (typeof sent)[number], key: string) => Number(valueOf(record, key));
    expect(observe(body).events).toMatchObject(
      sent.map((record) => ({
        org: 'acme',
        assistant: 'claude-code',
        sessionId: valueOf(record, 'session.id'),
        promptId: valueOf(record, 'prompt.id'),
        model: valueOf(record, 'model'),
        inputTokens: number(record, 'input_tokens'),
        outputTokens: number(record, 'output_tokens'),
        cacheReadTokens: number(record, 'cache_read_tokens'),
        durationMs: number(record, 'duration_ms'),
        requests: 1,
        partial: false,
        status: 'ok',
        speed: 'standard',
        organization: 'Acme',
        product: 'demo',
        actor: 'email:a@b.co',
      })),
    );
  });

  test('of 2.1.101 have no id of the call, and a key to pair them by', () => {
    const events = CLAUDE_RECORDINGS.filter(({ run }) => run.endsWith('2.1.101')).flatMap(
      ({ body }) => observe(body).events,
    );
    const answered = LEDGER.filter((line) => line.ua.includes('2.1.101') && line.usage);
    expect(events).toHaveLength(answered.length);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(events.every(({ idless }) => idless)).toBe(true);
    for (const { sessHdr, model, usage } of answered) {
      const key = claudeCallKey('acme', {
        sessionId: sessHdr,
        model,
        inputTokens: usage?.input_tokens ?? 0,
        cacheReadTokens: usage?.cache_read_input_tokens ?? 0,
        cacheCreationTokens: usage?.cache_creation_input_tokens ?? 0,
      });
      const [event, ...others] = events.filter(({ callKeys }) => callKeys[0] === key);
      expect(others).toEqual([]);
      expect(event).toMatchObject({
        outputTokens: usage?.output_tokens,
        cacheWrite5mTokens: usage?.cache_creation_input_tokens,
      });
    }
  });

  test('sent again give the same ids', () => {
    const ids = () =>
      CLAUDE_RECORDINGS.flatMap(({ body }) => observe(body)).flatMap(({ events, activities }) =>
        [...events, ...activities].map(({ id }) => id),
      );
    expect(ids()).toEqual(ids());
    expect(new Set(ids()).size).toBe(ids().length);
  });

  test('of a login give both e-mails', () => {
    const { events } = observe(CLAUDE_RECORDINGS.find(({ run }) => run === 'oauth')?.body);
    expect(events).toMatchObject([{ actor: 'email:a@b.co', login: 'real.login@corp.example' }]);
  });

  test('say who made each call', () => {
    const agents = (run: string) =>
      CLAUDE_RECORDINGS.filter((recording) => recording.run === run).flatMap(({ body }) =>
        observe(body).events.map(({ agent }) => agent),
      );
    expect(agents('hi')).toEqual(['main']);
    expect(agents('compact')).toEqual(['background:compact', 'background:compact']);
    expect(new Set(agents('agents2'))).toEqual(new Set(['main', 'general-purpose']));
    expect(agents('hi-2.1.101')).toEqual([null]);
  });
});

describe('every version in its own dialect', () => {
  const numbers = {
    input_tokens: 102,
    output_tokens: 52,
    cache_read_tokens: 20002,
    cache_creation_tokens: 1006,
    duration_ms: 189,
  };
  const strings = Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, String(value)]));
  const common = { 'session.id': 's1', 'user.id': 'f14d', model: 'claude-opus-5-5', 'event.name': 'api_request' };
  const old = { ...common, ...strings, cost_usd: '0.0116844' };
  const request112 = { ...old, 'event.sequence': 1, 'prompt.id': 'p1', request_id: 'req_1' };
  const request119 = { ...request112, query_source: 'repl_main_thread', effort: 'medium' };
  const request126 = { ...request119, ...numbers, cost_usd: 0.0116844 };
  const request143 = { ...request126, cost_usd_micros: 11684 };
  const request329 = { ...request143, cache_creation_5m_tokens: 604, cache_creation_1h_tokens: 402, ttft_ms: 124 };

  test.each([
    ['1.0.128', old, { idless: true, promptId: null, agent: null, ttftMs: null }],
    ['2.0.77', old, { idless: true, promptId: null, agent: null }],
    ['2.1.40', { ...old, 'event.sequence': 1 }, { idless: true, promptId: null }],
    ['2.1.101', { ...old, 'event.sequence': 1, 'prompt.id': 'p1' }, { idless: true, promptId: 'p1' }],
    ['2.1.112', request112, { idless: false, agent: null }],
    ['2.1.119', request119, { idless: false, agent: 'main' }],
    ['2.1.126', request126, { idless: false, agent: 'main' }],
    ['2.1.143', request143, { idless: false, agent: 'main' }],
    [
      '2.1.329',
      request329,
      { idless: false, agent: 'main', ttftMs: 124, cacheWrite5mTokens: 604, cacheWrite1hTokens: 402 },
    ],
  ])('%s', (_, values, expected) => {
    expect(call(values)).toMatchObject({
      inputTokens: 102,
      outputTokens: 52,
      cacheReadTokens: 20002,
      cacheWrite5mTokens: 1006,
      cacheWrite1hTokens: 0,
      durationMs: 189,
      reportedMicros: 11684,
      sessionId: 's1',
      actor: 'user:f14d',
      ...expected,
    });
  });

  test('the version is that of the scope, not of a resource that was overridden', () => {
    expect(call({}, { 'service.version': '9.9' }).version).toBe('2.1.329');
    expect(call({ 'app.version': '2.1.330' }).version).toBe('2.1.330');
  });
});

describe('identity', () => {
  test('is the request id, whoever else is named', () => {
    const id = eventId(['claude-request', 'req_1']);
    expect(call({ request_id: 'req_1' })).toMatchObject({ id, idless: false, callKeys: [] });
    expect(call({ request_id: 'req_1', message_id: 'msg_1', transaction_id: 'x', input_tokens: 9 }).id).toBe(id);
  });

  test("somebody else's transaction id on a record with an id of its own changes nothing", () => {
    const { id, ...others } = call({ request_id: 'req_1', transaction_id: eventId(['claude-request', 'req_2']) });
    expect({ id, ...others }).toEqual(call({ request_id: 'req_1' }));
  });

  test('is the message id where there is no request id, and a replay is known by it', () => {
    expect(call({ message_id: 'msg_1', request_id: 'constant' })).toMatchObject({
      id: eventId(['claude-message', 'msg_1']),
      messageKey: messageKeyOf('acme', 'msg_1'),
    });
    expect(call({ message_id: 'msg_1', request_id: 'req_1' }).messageKey).toBe(messageKeyOf('acme', 'msg_1'));
    expect(call({ message_id: 'gateway-7' }).messageKey).toBeNull();
    expect(call({ message_id: 'msg_1' }, {}, 'globex').messageKey).toBe(messageKeyOf('globex', 'msg_1'));
  });

  test('of a foreign message id holds the session and the numbers', () => {
    const { id } = call({ message_id: 'ocgo', cache_creation_tokens: 40 });
    expect(id).toBe(eventId(['claude-foreign', 's1', 'ocgo', 10, 30, 40]));
  });

  test("of an advisor's iteration is its own", () => {
    const advisor = call({ request_id: 'req_1', message_id: 'msg_1', 'revenium.advisor': 0 });
    expect(advisor.id).toBe(eventId(['claude-request', 'req_1:advisor:0']));
    expect(advisor.messageKey).not.toBe(messageKeyOf('acme', 'msg_1'));
  });

  test('is the transaction id where the sender gave nothing else', () => {
    expect(call({ transaction_id: 'x1' })).toMatchObject({ id: eventId(['transaction', 'x1']), idless: false });
    expect(call({ transaction_id: 'x1', request_id: 'not-an-id' }).id).toBe(eventId(['transaction', 'x1']));
  });

  test("is the observation's own where there is nothing at all, and differs in anything that differs", () => {
    const base = call({ 'event.sequence': 4 });
    expect(base).toMatchObject({ idless: true });
    expect(base.callKeys[0]).toBe(
      claudeCallKey('acme', {
        sessionId: 's1',
        model: 'claude-opus-5-5',
        inputTokens: 10,
        cacheReadTokens: 30,
        cacheCreationTokens: 0,
      }),
    );
    const others = [
      { 'event.sequence': 5 },
      { 'session.id': 's2' },
      { 'prompt.id': 'p' },
      { output_tokens: 21 },
      { model: 'x' },
    ];
    const ids = others.map((other) => call({ 'event.sequence': 4, ...other }).id);
    expect(new Set([base.id, ...ids]).size).toBe(others.length + 1);
    // What a client learns to say later must not make another call of it.
    expect(call({ 'event.sequence': 4, duration_ms: 5, speed: 'fast' }).id).toBe(base.id);
  });

  test('is marked by the road it came', () => {
    const backfilled = call({ message_id: 'msg_1', transaction_id: 'x', 'revenium.source': 'backfill' });
    expect(backfilled).toMatchObject({ id: eventId(['claude-message', 'msg_1']), sources: 2, idless: false });
    expect(backfilled.callKeys).toEqual(call({}).callKeys);
    expect(call({}).sources).toBe(1);
    expect(calls({ 'revenium.source': 'import' }).rejected).toEqual({
      count: 1,
      reasons: ['claude_code.api_request: revenium.source is neither backfill nor sync'],
    });
  });
});

describe('numbers', () => {
  test.each([
    ['negative', -1],
    ['a fraction', 1.5],
    ['beyond reason', 1_000_000_001],
    ['beyond what a number holds', '9223372036854775807'],
    ['no number', 'many'],
    ['a boolean', true],
  ])('a token count that is %s refuses the record and keeps the others', (_, input_tokens) => {
    const { events, rejected } = observe(
      request([
        logRecord('claude_code.api_request', { ...CALL, request_id: 'req_1', input_tokens }),
        logRecord('claude_code.api_request', { ...CALL, request_id: 'req_2' }),
      ]),
    );
    expect(events.map(({ id }) => id)).toEqual([eventId(['claude-request', 'req_2'])]);
    expect(rejected).toEqual({
      count: 1,
      reasons: ['claude_code.api_request: input_tokens is not a whole number from 0 to 1000000000'],
    });
  });

  test.each(['NaN', 'Infinity'])('so does %s', (doubleValue) => {
    const attributes = [{ key: 'output_tokens', value: { doubleValue } }];
    expect(observe(request([logRecord('claude_code.api_request', {}, { attributes })])).rejected.count).toBe(1);
  });

  test('five minutes take what a breakdown leaves of the total', () => {
    const write = (values: Record<string, Scalar>) => {
      const { cacheWrite5mTokens, cacheWrite1hTokens, ranks } = call(values);
      return [cacheWrite5mTokens, cacheWrite1hTokens, rankOf('cacheWrite', ranks) > 0];
    };
    expect(write({ cache_creation_tokens: 100 })).toEqual([100, 0, false]);
    expect(write({ cache_creation_tokens: 100, cache_creation_5m_tokens: 0, cache_creation_1h_tokens: 0 })).toEqual([
      100,
      0,
      false,
    ]);
    expect(write({ cache_creation_tokens: 100, cache_creation_5m_tokens: 10, cache_creation_1h_tokens: 20 })).toEqual([
      80,
      20,
      true,
    ]);
    expect(write({ cache_creation_tokens: 30, cache_creation_5m_tokens: 10, cache_creation_1h_tokens: 20 })).toEqual([
      10,
      20,
      true,
    ]);
    expect(write({ cache_creation_tokens: 0, cache_creation_5m_tokens: 10, cache_creation_1h_tokens: 20 })).toEqual([
      10,
      20,
      true,
    ]);
    expect(write({ cache_creation_tokens: 0, cache_creation_5m_tokens: 0 })).toEqual([0, 0, true]);
    expect(write({ cache_creation_tokens: 50, cache_creation_1h_tokens: 50 })).toEqual([0, 50, true]);
  });

  test('all zeros are a call whose numbers are missing', () => {
    const zeros = { input_tokens: '0', output_tokens: '0', cache_read_tokens: '0', cache_creation_tokens: '0' };
    expect(call(zeros)).toMatchObject({ partial: true, requests: 1 });
    expect(call({ ...zeros, cache_read_tokens: '1' }).partial).toBe(false);
    expect(call({ 'revenium.partial': true }).partial).toBe(true);
  });

  test.each([
    [{ cost_usd_micros: 11684, cost_usd: 9 }, 11684],
    [{ cost_usd_micros: '11684' }, 11684],
    [{ cost_usd: '0.0122775' }, 12278],
    [{ cost_usd: 0.035946599999999995 }, 35947],
    [{ cost_usd: 1e-7 }, 0],
    [{ cost_usd: 0 }, 0],
    [{ cost_usd: -1 }, null],
    [{ cost_usd: 'much' }, null],
    [{ cost_usd: 1e9 }, null],
    [{}, null],
  ])('the estimate %j is %j micro-dollars', (values: Record<string, Scalar>, micros) => {
    expect(call(values).reportedMicros).toBe(micros);
  });

  test('a duration that is none is not known, and costs nothing else', () => {
    expect(call({ duration_ms: -5, ttft_ms: 'soon' })).toMatchObject({
      durationMs: null,
      ttftMs: null,
      inputTokens: 10,
    });
    expect(call({ duration_ms: 1393.3337850000007 }).durationMs).toBe(1393);
  });
});

describe('who and where', () => {
  test.each([
    [{ query_source: 'sdk' }, 'main'],
    [{ query_source: 'main' }, 'main'],
    [{ query_source: 'repl_main_thread' }, 'main'],
    [{ query_source: 'repl_main_thread:outputStyle:Explanatory' }, 'main'],
    [{ query_source: 'agent:builtin:general-purpose' }, 'general-purpose'],
    [{ query_source: 'agent:builtin:general-purpose', 'agent.name': 'custom' }, 'custom'],
    [{ query_source: 'agent:plugin:tools:reviewer' }, 'tools:reviewer'],
    [{ query_source: 'agent:' }, 'subagent'],
    [{ query_source: 'subagent' }, 'subagent'],
    [{ agent_id: 'a1' }, 'subagent'],
    [{ query_source: 'compact' }, 'background:compact'],
    [{ query_source: 'generate_session_title' }, 'background:generate_session_title'],
    [{}, null],
  ])('%j is made by %j', (values: Record<string, Scalar>, agent) => {
    expect(call(values).agent).toBe(agent);
  });

  test('labels: the resource first, the copy on the record else', () => {
    const labels = { 'organization.name': 'Acme', 'product.name': 'P', project: 'x', 'repository.name': 'r' };
    const copies = { 'organization.name': 'Copy', 'product.name': 'Copy', project: 'Copy', 'repository.name': 'Copy' };
    const expected = { organization: 'Acme', product: 'P', project: 'x', repository: 'r' };
    expect(call(copies, labels)).toMatchObject(expected);
    expect(call(labels, {})).toMatchObject(expected);
    expect(call({})).toMatchObject({ organization: null, product: null, project: null, repository: null });
  });

  // What each spelling in OTEL_RESOURCE_ATTRIBUTES reaches us as, by client version.
  test.each([
    ['Acme Corp, new', { 'organization.name': 'Acme Corp' }, {}, 'Acme Corp'],
    ['Acme%20Corp, new', { 'organization.name': 'Acme Corp' }, { 'organization.name': 'Acme Corp' }, 'Acme Corp'],
    ['Acme%20Corp, old: no copy', { 'organization.name': 'Acme Corp' }, {}, 'Acme Corp'],
    ['"Acme Corp", new: quotes kept', { 'organization.name': '"Acme Corp"' }, {}, 'Acme Corp'],
    ['Müller', { 'organization.name': 'Müller' }, {}, 'Müller'],
    [
      'M%C3%BCller%2C%20Inc',
      { 'organization.name': 'Müller, Inc' },
      { 'organization.name': 'Müller, Inc' },
      'Müller, Inc',
    ],
    ['spaces around', { 'organization.name': ' Acme ' }, {}, 'Acme'],
    ['dropped, or the whole variable gone', {}, {}, null],
    ['empty', { 'organization.name': '' }, {}, null],
    ['quotes alone', { 'organization.name': '""' }, {}, null],
  ])('an organisation set as %s', (_, resource: Record<string, string>, copy: Record<string, string>, organization) => {
    expect(call(copy, resource).organization).toBe(organization);
  });

  test('forged resource attributes reach neither session nor event nor assistant', () => {
    const forged = { 'service.name': 'mine', 'session.id': 'forged', 'event.name': 'user_prompt', model: 'forged' };
    expect(call({}, forged)).toMatchObject({ sessionId: 's1', assistant: 'claude-code', model: 'claude-opus-5-5' });
  });

  test('the tier is as configured, and says who pays', () => {
    const tier = (value: string) => {
      const { tier: kept, billing } = call({}, { CLAUDE_CODE_SUBSCRIPTION_TIER: value });
      return [kept, billing];
    };
    expect(tier('max_20x')).toEqual(['max_20x', 'seat']);
    expect(tier('Max 20x')).toEqual(['max_20x', 'seat']);
    expect(tier('api')).toEqual(['api', 'metered']);
    expect(tier('something')).toEqual(['something', 'unknown']);
    expect(call({})).toMatchObject({ tier: null, billing: 'unknown' });
  });

  test.each([
    [
      'the e-mail of setup',
      { 'user.email': 'Ada@Acme.com' },
      { 'user.email': 'login@x.y' },
      'email:ada@acme.com',
      'login@x.y',
    ],
    ['else the login', {}, { 'user.email': 'login@x.y', 'user.id': 'f1' }, 'email:login@x.y', 'login@x.y'],
    [
      'else the account',
      {},
      { 'user.account_id': 'user_01', 'user.account_uuid': 'aa', 'user.id': 'f1' },
      'account:user_01',
      null,
    ],
    ['in its older form', {}, { 'user.account_uuid': 'aa', 'user.id': 'f1' }, 'account:aa', null],
    ['else the installation', {}, { 'user.id': 'f1' }, 'user:f1', null],
    ['else nobody', {}, {}, null, null],
  ])('the actor is %s', (_, resource: Record<string, string>, record: Record<string, string>, actor, login) => {
    expect(call(record, resource)).toMatchObject({ actor, login });
  });

  test("an import's actor is the configured e-mail, and ranks below the client's own word", () => {
    const email = { 'user.email': 'ada@acme.com' };
    const imported = call({ 'revenium.source': 'backfill', 'user.id': 'f1' }, email);
    expect(imported).toMatchObject({ actor: 'email:ada@acme.com', login: null });
    const actorRank = ({ ranks }: EventState) => rankOf('actor', ranks);
    expect(actorRank(imported)).toBeLessThan(actorRank(call({}, email)));
  });

  test.each([
    ['normal', 'standard'],
    ['standard', 'standard'],
    ['fast', 'fast'],
    ['turbo', 'turbo'],
  ])('speed %s is %s', (said, speed) => expect(call({ speed: said }).speed).toBe(speed));
});

describe('what was asked for, and what came of it', () => {
  const activitiesOf = (run: string) =>
    CLAUDE_RECORDINGS.filter((recording) => recording.run === run).flatMap(({ body }) => observe(body).activities);

  test('a failing call: its last attempt, and that it was given up', () => {
    expect(activitiesOf('fail')).toMatchObject([
      { kind: 'prompt', size: 11 },
      {
        kind: 'error',
        name: 'api-error',
        outcome: '500',
        size: 3,
        durationMs: 13,
        model: 'claude-opus-5-5',
        agent: 'main',
      },
      { kind: 'error', name: 'retries-exhausted', outcome: '500', size: 3, durationMs: 1893 },
    ]);
  });

  test('a compaction, and the command that caused it', () => {
    expect(activitiesOf('compact')).toMatchObject([
      { kind: 'prompt', name: 'builtin', size: 8 },
      { kind: 'compaction', name: 'manual', outcome: 'true', size: 2599, durationMs: 1053 },
    ]);
  });

  test('two sub-agents: their tools, their ends, and the notifications that follow', () => {
    const activities = activitiesOf('agents2');
    const count = (kind: string) => activities.filter((activity) => activity.kind === kind).length;
    expect([count('prompt'), count('tool-decision'), count('tool-result'), count('agent')]).toEqual([3, 4, 4, 2]);
    expect(activities.filter(({ kind }) => kind === 'agent')).toMatchObject([
      { name: 'general-purpose', size: 1, durationMs: 655, agent: 'subagent' },
      { name: 'general-purpose', size: 1, durationMs: 755, agent: 'subagent' },
    ]);
    expect(activities.find(({ kind, agent }) => kind === 'tool-decision' && agent === null)).toMatchObject({
      name: 'Agent',
      outcome: 'accept',
      decidedBy: 'config',
    });
  });

  test('a tool that fails', () => {
    expect(activitiesOf('tools').filter(({ outcome }) => outcome === 'false')).toMatchObject([
      { kind: 'tool-result', name: 'Bash' },
    ]);
  });

  test.each(CLAUDE_RECORDINGS)('$name: whose and where', ({ body }) => {
    for (const activity of observe(body).activities) {
      expect(activity).toMatchObject({
        org: 'acme',
        assistant: 'claude-code',
        actor: 'email:a@b.co',
        organization: 'Acme',
        version: expect.stringMatching(/^2\.1\./) as string,
      });
      expect(activity.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test("a model's tool id is one tool call in every session; a gateway's is not", () => {
    const idOf = (values: Record<string, Scalar>) =>
      observe(request([logRecord('claude_code.tool_result', { tool_name: 'Bash', ...values })])).activities[0]?.id;
    expect(idOf({ tool_use_id: 'toolu_1', 'session.id': 's1' })).toBe(
      idOf({ tool_use_id: 'toolu_1', 'session.id': 's2' }),
    );
    expect(idOf({ tool_use_id: 'call_0', 'session.id': 's1' })).not.toBe(
      idOf({ tool_use_id: 'call_0', 'session.id': 's2' }),
    );
    expect(idOf({ tool_use_id: 'toolu_1' })).not.toBe(idOf({ tool_use_id: 'toolu_2' }));
  });

  test('a status that is none is not known', () => {
    const { activities } = observe(request([logRecord('claude_code.api_error', { status_code: 'undefined' })]));
    expect(activities).toMatchObject([{ kind: 'error', outcome: null, atMs: AT_MS }]);
  });
});
