import { describe, expect, test } from 'vitest';
import { eventsOf } from '../../src/assistants/index.ts';
import { testRecord } from '../../src/assistants/test-record.ts';
import { decodeLogs } from '../../src/otlp/decode.ts';
import { encodeLogs } from '../../src/otlp/encode-request.ts';
import { EVENT_NAMES } from '../../src/otlp/events.ts';
import { testRecordId } from '../../src/usage/identity.ts';
import { AT_MS, logRecord, request } from '../support/otlp-request.ts';

const observe = (body: unknown) =>
  eventsOf(decodeLogs(typeof body === 'string' ? body : JSON.stringify(body), 'json').records, 'acme');

test.each(EVENT_NAMES)('%s is read by somebody', (eventName) => {
  const bucket = Date.UTC(2026, 10, 20, 21);
  const values = {
    ...{ 'revenium.bucket': bucket, 'revenium.snapshot': bucket, 'revenium.count': 1 },
    ...{ 'revenium.source': 'backfill', 'revenium.workflow': 'testing', 'session.id': 's', 'prompt.id': 'p' },
  };
  const { events, activities, snapshots, rejected } = observe(
    request([logRecord(eventName, { transaction_id: 'x', decision: 'accept', ...values })]),
  );
  expect(events.length + activities.length + snapshots.length).toBeGreaterThan(0);
  expect(rejected.count).toBe(0);
  for (const { org, id, atMs } of [...events, ...activities]) {
    expect([org, atMs]).toEqual(['acme', AT_MS]);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
  }
});

test('a batch is read record by record: what is refused is counted, with each reason once', () => {
  const bad = logRecord('claude_code.api_request', { input_tokens: -1 });
  const { events, activities, rejected } = observe(
    request([
      bad,
      logRecord('claude_code.api_request', {}),
      bad,
      logRecord('gemini_cli.user_prompt', {}),
      logRecord('revenium.test', {}),
    ]),
  );
  expect([events.length, activities.length]).toEqual([1, 1]);
  expect(rejected).toEqual({
    count: 3,
    reasons: [
      'claude_code.api_request: input_tokens is not a whole number from 0 to 1000000000',
      'revenium.test: no transaction_id',
    ],
  });
});

describe('a test record', () => {
  const send = (service: string) =>
    observe(encodeLogs([testRecord('t-1', AT_MS)], { 'service.name': service, 'user.email': 'ada@acme.com' }));

  test('is found again by its transaction id, and is no usage', () => {
    expect(send('claude-code')).toMatchObject({
      events: [
        {
          id: testRecordId('t-1'),
          status: 'test',
          requests: 0,
          inputTokens: 0,
          atMs: AT_MS,
          actor: 'email:ada@acme.com',
          sources: 1,
        },
      ],
      activities: [],
      rejected: { count: 0 },
    });
  });

  test.each([
    ['claude-code', 'claude-code'],
    ['gemini-cli', 'gemini-cli'],
    ['cursor', 'cursor'],
  ])('of %s', (service, assistant) => expect(send(service).events).toMatchObject([{ assistant }]));
});
