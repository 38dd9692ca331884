import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventState, Source } from '../../src/usage/event.ts';
import { claudeKey, eventId } from '../../src/usage/identity.ts';
import { observe } from '../../src/usage/merge.ts';
import { utcDay } from '../../src/usage/days.ts';
import type { DayUsage } from '../../src/vendors/day-usage.ts';
import { NO_USAGE, dayState } from '../../src/vendors/day-usage.ts';
import { openApp } from '../support/app.ts';
import { CONSOLE_HEADER, NOW, SPEND_HEADER } from '../support/csv-files.ts';

/** One day of Claude Code, by every road there is, of as many people as there are choices of roads. */

const DAY = utcDay(Date.UTC(2026, 10, 19));
const NOON = Date.UTC(2026, 10, 19, 12);
const ROADS = ['telemetry', 'backfill', 'claude-code', 'messages', 'console', 'spend'] as const;
type Road = (typeof ROADS)[number];

/** Calls that a road has seen, 1000 tokens each; both have the second. */
const CALLS: Partial<Record<Road, readonly number[]>> = { telemetry: [1, 2], backfill: [2, 3] };
/** Tokens that a vendor reports. */
const REPORTED: Partial<Record<Road, number>> = { 'claude-code': 2500, messages: 3500, console: 1800, spend: 900 };

interface Person {
  name: string;
  email: string;
  roads: Set<Road>;
  tokens: number;
}

const PEOPLE: Person[] = Array.from({ length: 2 ** ROADS.length }, (_, bits) => {
  const roads = new Set(ROADS.filter((_road, i) => bits & (1 << i)));
  const calls = new Set([...roads].flatMap((road) => CALLS[road] ?? []));
  const reported = [...roads].flatMap((road) => REPORTED[road] ?? []);
  const name = `person.${bits}`;
  return { name, email: `${name}@acme.com`, roads, tokens: Math.max(0, calls.size * 1000, ...reported) };
});

const by = (road: Road): Person[] => PEOPLE.filter(({ roads }) => roads.has(road));

const callsOf = (road: Extract<Road & Source, 'telemetry' | 'backfill'>): EventState[] =>
  by(road).flatMap(({ name, email }) =>
    (CALLS[road] ?? []).map((n) =>
      observe({
        org: 'acme',
        id: eventId(
          claudeKey({
            requestId: `req_${name}_${n}`,
            messageId: null,
            sessionId: name,
            model: 'claude-opus-5-5',
            inputTokens: 900,
            cacheReadTokens: 0,
            cacheCreationTokens: 0,
          }) ?? ['never'],
        ),
        assistant: 'claude-code',
        source: road,
        atMs: NOON + n,
        sessionId: name,
        actor: `email:${email}`,
        model: 'claude-opus-5-5',
        inputTokens: 900,
        outputTokens: 100,
      }),
    ),
  );

const reported = (road: 'claude-code' | 'messages'): EventState[] =>
  by(road).map(({ name, email }) => {
    const usage: DayUsage = {
      ...NO_USAGE,
      day: DAY,
      assistant: 'claude-code',
      reporter: `anthropic-${road}`,
      key: [name],
      // Of a key only its number is known, until somebody is named for it.
      actor: road === 'messages' ? `anthropic-key:apikey_${name}` : `email:${email}`,
      model: 'claude-opus-5-5',
      inputTokens: REPORTED[road] ?? 0,
    };
    return dayState(usage, { org: 'acme', source: 'report', snapshotMs: NOW });
  });

const consoleFile = (): string =>
  [
    CONSOLE_HEADER,
    ...by('console').map(
      ({ name }) =>
        `2026-11-19,claude-opus-5-5,claude_code_key_${name}_dgkx,Default,standard,≤ 200k,1800,0,0,0,0,0,global,`,
    ),
  ].join('\n');
const spendFile = (): string =>
  [SPEND_HEADER, ...by('spend').map(({ email }) => `${email},,Claude Code,claude_opus_5_5,3,800,100,0.10,0.20`)].join(
    '\n',
  );

describe("a person's day", () => {
  let server: Awaited<ReturnType<typeof openApp>>;
  let key: string;
  afterAll(() => server.close());
  beforeAll(async () => {
    server = await openApp({ now: () => NOW });
    key = await server.key('admin');
    await Promise.all(
      PEOPLE.map(({ name, email }) =>
        server.people.roster.putMember({ org: 'acme', author: 'test' }, email, {
          aliases: [`anthropic-key:apikey_${name}`],
        }),
      ),
    );
    await server.people.reload();
    const events = [
      ...callsOf('telemetry'),
      ...callsOf('backfill'),
      ...reported('claude-code'),
      ...reported('messages'),
    ];
    await server.store.write({ events, activities: [] });
    for (const [query, payload] of [
      ['', consoleFile()],
      ['?from=2026-11-19&to=2026-11-20', spendFile()],
    ] as const) {
      const headers = { 'x-api-key': key, 'content-type': 'text/csv' };
      const answer = await server.app.inject({ method: 'POST', url: `/api/v1/acme/imports${query}`, headers, payload });
      expect([answer.statusCode, answer.json<{ problems: unknown }>().problems]).toEqual([
        200,
        { count: 0, lines: [] },
      ]);
    }
  }, 60_000);

  it('counts once, by the largest of its sources, whichever roads it came by', async () => {
    const url = '/api/v1/acme/leaderboard?from=2026-11-01&to=2026-12-01&limit=1000&sort=tokens';
    const answer = await server.app.inject({ url, headers: { 'x-api-key': key } });
    const { rows } = answer.json<{ rows: { user: string; tokens: number }[] }>();
    const found = new Map(rows.map(({ user, tokens }) => [user.replace(/^email:/, ''), tokens]));
    const expected = new Map(PEOPLE.filter(({ roads }) => roads.size > 0).map(({ email, tokens }) => [email, tokens]));
    expect(Object.fromEntries([...found].sort())).toEqual(Object.fromEntries([...expected].sort()));
  });

  it('adds up to the summary', async () => {
    const url = '/api/v1/acme/summary?from=2026-11-01&to=2026-12-01';
    const answer = await server.app.inject({ url, headers: { 'x-api-key': key } });
    expect(answer.json<Record<string, number>>().totalTokens).toBe(PEOPLE.reduce((sum, { tokens }) => sum + tokens, 0));
  });
});
