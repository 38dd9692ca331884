import { expect, test } from 'vitest';
import { eventsOf } from '../../../src/assistants/index.ts';
import { decodeLogs } from '../../../src/otlp/decode.ts';
import { eventId } from '../../../src/usage/identity.ts';
import { CLAUDE_RECORDINGS, LEDGER } from '../../support/recordings.ts';

const observe = (body: unknown) => eventsOf(decodeLogs(JSON.stringify(body), 'json').records, 'acme');

test('the runs of 2.1.329 give the calls that the API answered, once each', () => {
  const recordings = CLAUDE_RECORDINGS.filter(({ run }) => !run.endsWith('2.1.101'));
  const events = recordings.flatMap(({ body }) => observe(body).events);
  const answered = LEDGER.filter((line) => line.ua.includes('2.1.329') && line.usage && !line.mid);
  const told = new Map(events.map((event) => [event.id, event]));
  // One answer had no request-id header.
  const known = answered.filter((line) => told.has(eventId(['claude-request', line.request_id])));
  expect(known).toHaveLength(answered.length - 1);
  expect(events).toHaveLength(answered.length);
  for (const line of known) {
    const event = told.get(eventId(['claude-request', line.request_id]));
    expect(event).toMatchObject({
      model: line.model,
      inputTokens: line.usage?.input_tokens,
      outputTokens: line.usage?.output_tokens,
      cacheReadTokens: line.usage?.cache_read_input_tokens,
      cacheWrite5mTokens: line.usage?.cache_creation.ephemeral_5m_input_tokens,
      cacheWrite1hTokens: line.usage?.cache_creation.ephemeral_1h_input_tokens,
    });
  }
});
