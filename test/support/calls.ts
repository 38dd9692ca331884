import type { Scope } from '../../src/server/services/keys.ts';
import { eventId } from '../../src/usage/identity.ts';
import type { TestApp } from './app.ts';
import type { WireAttribute, WireRequest } from './recordings.ts';

/** A model call of Claude Code, as a test thinks of it. */
export interface Call {
  /** Becomes the request id, and with it the record's identity. */
  n: string | number;
  at?: string;
  session?: string;
  email?: string;
  tier?: string;
  model?: string;
  input?: number;
  output?: number;
  durationMs?: number;
  /** More attributes of the record, as the wire has them. */
  more?: Record<string, string>;
}

const attribute = (key: string, value: string | number | undefined): WireAttribute[] =>
  value === undefined ? [] : [{ key, value: typeof value === 'number' ? { intValue: value } : { stringValue: value } }];

const requestId = (n: Call['n']): string => `req_${n}`;

/** The id under which a call is stored. */
export const storedId = (n: Call['n']): string => eventId(['claude-request', requestId(n)]);

function resourceLogs(call: Call): WireRequest['resourceLogs'][number] {
  const { n, at = '2026-11-20T12:00:00Z', session = 's1', email = 'ada@acme.com', model = 'claude-opus-5-5' } = call;
  const attributes = [
    ...attribute('event.name', 'api_request'),
    ...attribute('session.id', session),
    ...attribute('model', model),
    ...attribute('input_tokens', call.input ?? 100),
    ...attribute('output_tokens', call.output ?? 10),
    ...attribute('duration_ms', call.durationMs),
    ...attribute('request_id', requestId(n)),
    ...Object.entries(call.more ?? {}).flatMap(([key, value]) => attribute(key, value)),
  ];
  const record = {
    timeUnixNano: `${BigInt(Date.parse(at)) * 1_000_000n}`,
    body: { stringValue: 'claude_code.api_request' },
    attributes,
  };
  const resource = {
    attributes: [
      ...attribute('service.name', 'claude-code'),
      ...attribute('user.email', email),
      ...attribute('CLAUDE_CODE_SUBSCRIPTION_TIER', call.tier),
    ],
  };
  return { resource, scopeLogs: [{ scope: { name: 'com.anthropic.claude_code.events' }, logRecords: [record] }] };
}

/** The request in which a client would send these calls. */
export const logsRequest = (calls: readonly Call[]): WireRequest => ({ resourceLogs: calls.map(resourceLogs) });

export const logsBody = (...calls: Call[]): Buffer => Buffer.from(JSON.stringify(logsRequest(calls)));

/** Sends calls in; fails the test where they are not taken. */
export async function send(server: TestApp, calls: readonly Call[], org = 'acme'): Promise<void> {
  const response = await server.app.inject({
    method: 'POST',
    url: '/v1/logs',
    headers: { 'x-api-key': await server.key('ingest', org), 'content-type': 'application/json' },
    payload: logsBody(...calls),
  });
  const answer = response.json<{ processedEvents?: number }>();
  if (response.statusCode !== 200 || answer.processedEvents !== calls.length)
    throw new Error(`the calls were not taken: ${response.statusCode} ${response.body}`);
}

/** A report or any other GET, with a key of its own. */
export async function get<T>(
  server: TestApp,
  url: string,
  { scope = 'manager', org = 'acme', email }: { scope?: Scope; org?: string; email?: string } = {},
): Promise<{ status: number; body: T }> {
  const response = await server.app.inject({ url, headers: { 'x-api-key': await server.key(scope, org, email) } });
  return { status: response.statusCode, body: response.json<T>() };
}
