import { describe, expect, test } from 'vitest';
import { eventsOf } from '../../../src/assistants/index.ts';
import { decodeLogs } from '../../../src/otlp/decode.ts';
import type { Scalar } from '../../support/otlp-request.ts';
import { logRecord, request } from '../../support/otlp-request.ts';

const CALL = {
  'session.id': 's1',
  model: 'claude-opus-5-5',
  input_tokens: '126',
  output_tokens: '450',
  'event.sequence': 3,
};
const observe = (
  resource: Record<string, Scalar>,
  values: Record<string, Scalar> = CALL,
  event = 'claude_code.api_request',
) => eventsOf(decodeLogs(JSON.stringify(request([logRecord(event, values)], resource)), 'json').records, 'acme');

describe('the service that sends', () => {
  test.each([
    ['cowork', 'claude-cowork'],
    ['claude-desktop', 'claude-cowork'],
    ['claude-code', 'claude-code'],
    ['claude-code-desktop', 'claude-code'],
    ['should-not-win', 'claude-code'],
    ['', 'claude-code'],
  ])('%j is %s', (service, assistant) => {
    expect(observe({ 'service.name': service }).events).toMatchObject([{ assistant }]);
  });

  test('none is Claude Code', () => {
    expect(observe({}).events).toMatchObject([{ assistant: 'claude-code' }]);
  });
});

test('a call is metered whatever tier is set, and has an id of its own', () => {
  const sent = () => observe({ 'service.name': 'cowork', CLAUDE_CODE_SUBSCRIPTION_TIER: 'max_20x' }).events;
  expect(sent()).toMatchObject([
    { billing: 'metered', inputTokens: 126, outputTokens: 450, idless: true, sessionId: 's1' },
  ]);
  expect(sent()).toEqual(sent());
});

test('an account of a third-party deployment is the actor', () => {
  expect(observe({ 'service.name': 'cowork', 'enduser.id': 'u-77' }).events).toMatchObject([{ actor: 'account:u-77' }]);
});

test('content, which it sends by default, is not kept', () => {
  const values = {
    prompt: 'secret',
    response: 'secret',
    tool_parameters: '{"command":"secret"}',
    'workspace.host_paths': 'secret',
  };
  const observed = observe(
    { 'service.name': 'cowork', 'process.owner': 'secret' },
    { ...values, prompt_length: '6' },
    'claude_code.user_prompt',
  );
  expect(observed.activities).toMatchObject([{ assistant: 'claude-cowork', kind: 'prompt', size: 6 }]);
  expect(JSON.stringify(observed)).not.toContain('secret');
});
