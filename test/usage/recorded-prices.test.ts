import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { microsFromUsd } from '../../src/usage/money.ts';
import type { PricedCall } from '../../src/usage/pricing.ts';
import { createPriceBook } from '../../src/usage/pricing.ts';

/** Our figure beside the client's own for every recorded call of Claude Code. */

interface Recorded {
  run: string;
  requestId: string;
  call: PricedCall;
  /** The client's figure: `cost_usd_micros`, or `cost_usd` where a version has no other. */
  clientMicros: number | null;
  /** It says how its cache writes divide into 5 minutes and 1 hour. */
  split: boolean;
}

type Value = string | number | undefined;

const FOLDER = new URL('../../fixtures/claude-code/', import.meta.url);
const book = createPriceBook();

interface Body {
  resourceLogs: { scopeLogs: { logRecords: { attributes: { key: string; value: Record<string, Value> }[] }[] }[] }[];
}

function recordsOf(file: string): Map<string, Value>[] {
  const { body } = JSON.parse(readFileSync(new URL(`otlp/${file}`, FOLDER), 'utf8')) as { body: Body };
  return body.resourceLogs
    .flatMap((resource) => resource.scopeLogs)
    .flatMap((scope) => scope.logRecords)
    .map((record) => new Map(record.attributes.map(({ key, value }) => [key, Object.values(value)[0]])))
    .filter((attributes) => attributes.get('event.name') === 'api_request');
}

function recorded(run: string, attributes: Map<string, Value>): Recorded {
  const number = (key: string): number => Number(attributes.get(key) ?? 0);
  const split = attributes.has('cache_creation_5m_tokens');
  return {
    run,
    requestId: String(attributes.get('request_id')),
    split,
    clientMicros: attributes.has('cost_usd_micros')
      ? number('cost_usd_micros')
      : microsFromUsd(attributes.get('cost_usd') ?? ''),
    call: {
      assistant: 'claude-code',
      granularity: 'call',
      atMs: Date.parse(String(attributes.get('event.timestamp'))),
      model: String(attributes.get('model')),
      inputTokens: number('input_tokens'),
      outputTokens: number('output_tokens'),
      cacheReadTokens: number('cache_read_tokens'),
      cacheWrite5mTokens: number(split ? 'cache_creation_5m_tokens' : 'cache_creation_tokens'),
      cacheWrite1hTokens: number('cache_creation_1h_tokens'),
      webSearches: null,
      speed: String(attributes.get('speed')),
      serviceTier: null,
      inferenceGeo: null,
    },
  };
}

const calls = readdirSync(new URL('otlp/', FOLDER), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    readdirSync(new URL(`otlp/${name}/`, FOLDER)).map((file) => ({ run: name, file: `${name}/${file}` })),
  )
  .flatMap(({ run, file }) => recordsOf(file).map((attributes) => recorded(run, attributes)));

interface LedgerLine {
  request_id: string;
  usage?: {
    cache_creation?: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
    server_tool_use?: { web_search_requests: number };
  };
}
const answered = readFileSync(new URL('ledger.jsonl', FOLDER), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as LedgerLine);

describe('recorded calls', () => {
  it('are all there', () => {
    expect(calls).toHaveLength(45);
    expect(new Set(calls.map(({ call }) => call.model))).toEqual(
      new Set(['claude-opus-5-5', 'claude-sonnet-4-6', 'claude-haiku-4-5-20251001']),
    );
    expect(calls.filter(({ split }) => !split).every(({ run }) => run.endsWith('2.1.101'))).toBe(true);
  });

  it("have the client's own figure, but for web searches, which telemetry does not tell", () => {
    for (const { run, requestId, call, clientMicros } of calls) {
      const expected = run === 'web' ? (clientMicros ?? 0) - 20_000 : clientMicros;
      expect(book.listMicros(call), `${run} ${requestId}`).toBe(expected);
    }
  });

  it('have it to the micro-dollar once the searches are known from the session file', () => {
    const web = calls.filter(({ run }) => run === 'web');
    expect(web).toHaveLength(1);
    for (const { call, requestId, clientMicros } of web) {
      const usage = answered.find((line) => line.request_id === requestId)?.usage;
      expect(usage?.server_tool_use?.web_search_requests).toBe(2);
      expect(book.listMicros({ ...call, webSearches: 2 })).toBe(clientMicros);
    }
  });

  // Version 2.1.101 says how much was written, not for how long, and prices all of it as for five minutes.
  it('cost more than the client says where it did not divide its cache writes', () => {
    const unsplit = calls.find(({ run }) => run === 'hi-2.1.101');
    expect(unsplit?.clientMicros).toBe(12_278);
    if (!unsplit) return;
    const { cacheWrite5mTokens } = unsplit.call;
    expect(cacheWrite5mTokens).toBe(1_150);
    const divided = answered
      .map((line) => line.usage?.cache_creation)
      .find((made) => made && made.ephemeral_5m_input_tokens + made.ephemeral_1h_input_tokens === 1_150);
    expect(divided).toEqual({ ephemeral_5m_input_tokens: 700, ephemeral_1h_input_tokens: 450 });
    // 450 × (6 − 3.75) = 1,012.5 more than 12,277.5.
    expect(book.listMicros({ ...unsplit.call, cacheWrite5mTokens: 700, cacheWrite1hTokens: 450 })).toBe(13_290);
  });
});
