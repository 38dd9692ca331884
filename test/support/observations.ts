import fc from 'fast-check';
import type { EventState } from '../../src/usage/event.ts';
import { claudeCallKey, claudeKey, eventId, messageKeyOf } from '../../src/usage/identity.ts';
import { backfillActor, telemetryActor } from '../../src/usage/actor.ts';
import { observe, retraction } from '../../src/usage/merge.ts';
import type { Snapshot } from '../../src/usage/snapshot.ts';
import { BUCKET_MS } from '../../src/usage/snapshot.ts';

/** Arbitrary observations of a handful of calls, as four kinds of sources would make them. */

export const NOON = Date.UTC(2026, 10, 20, 12);

interface Call {
  n: number;
  session: string;
  tokens: number;
}

const call = fc.record({
  n: fc.integer({ min: 0, max: 3 }),
  session: fc.constantFrom('s1', 's2'),
  tokens: fc.constantFrom(100, 101),
});
const soon = fc.integer({ min: 0, max: 4000 });

const ids = (c: Call, requestId: string | null, messageId: string | null) => ({
  requestId,
  messageId,
  sessionId: c.session,
  model: 'claude-opus-5-5',
  inputTokens: c.tokens,
  cacheReadTokens: 20_000,
  cacheCreationTokens: 1000,
});

const tokens = (c: Call) => ({
  sessionId: c.session,
  model: 'claude-opus-5-5',
  inputTokens: c.tokens,
  cacheReadTokens: 20_000,
});

/** Telemetry that names the request. */
const telemetry = (org: string) =>
  fc
    .record({
      c: call,
      at: soon,
      output: fc.constantFrom(0, 50),
      email: fc.constantFrom('ada@acme.com', 'login@acme.com', null),
    })
    .map(({ c, at, output, email }) => {
      const key = claudeKey(ids(c, `req_${c.n}`, null)) ?? ['never'];
      const claim = telemetryActor({ configuredEmail: email, loginEmail: 'login@acme.com', userId: 'u1' });
      return observe({
        org,
        id: eventId(key),
        assistant: 'claude-code',
        source: 'telemetry',
        atMs: NOON + at,
        ...tokens(c),
        outputTokens: output,
        partial: output === 0,
        cacheWrite5mTokens: 1000,
        splitKnown: false,
        durationMs: 300,
        actor: claim.actor,
        actorRank: claim.rank,
        login: claim.login,
        reportedMicros: 13_288,
      });
    });

/** Telemetry of a client that does not know its request ids. */
const idlessTelemetry = (org: string) =>
  fc.record({ c: call, at: soon, sequence: fc.integer({ min: 0, max: 2 }) }).map(({ c, at, sequence }) =>
    observe({
      org,
      id: eventId(['claude-observation', c.session, at, sequence, c.tokens]),
      idless: true,
      assistant: 'claude-code',
      source: 'telemetry',
      atMs: NOON + at,
      ...tokens(c),
      callKey: claudeCallKey(org, ids(c, null, null)),
      outputTokens: 52,
      cacheWrite5mTokens: 1000,
      splitKnown: false,
      actor: 'user:u1',
      actorRank: 2,
    }),
  );

/** A session file's record, with or without a request id, complete or a placeholder. */
const backfill = (org: string) =>
  fc
    .record({
      c: call,
      at: soon,
      requestId: fc.constantFrom('same', 'other', null),
      complete: fc.boolean(),
      project: fc.constantFrom('a', 'b', null),
      // The same call read as Cowork's: its files look alike.
      assistant: fc.constantFrom('claude-code' as const, 'claude-cowork' as const),
      tier: fc.constantFrom('max_5x', 'team', null),
    })
    .map(({ c, at, requestId, complete, project, assistant, tier }) => {
      const request = requestId === null ? null : requestId === 'same' ? `req_${c.n}` : `req_replay${c.n}`;
      const known = ids(c, request, `msg_${c.n}`);
      const claim = backfillActor('ada@acme.com');
      return observe({
        org,
        id: eventId(claudeKey(known) ?? ['never']),
        assistant,
        tier,
        billing: tier === 'max_5x' ? 'seat' : 'unknown',
        source: 'backfill',
        atMs: NOON + at,
        ...tokens(c),
        messageKey: messageKeyOf(org, `msg_${c.n}`),
        callKey: claudeCallKey(org, known),
        outputTokens: complete ? 52 : 3,
        partial: !complete,
        cacheWrite5mTokens: 600,
        cacheWrite1hTokens: 400,
        webSearches: 1,
        project,
        actor: claim.actor,
        actorRank: claim.rank,
      });
    });

/** A vendor's rows, which change and vanish from snapshot to snapshot. */
const sync = (org: string) =>
  fc
    .record({
      n: fc.integer({ min: 0, max: 2 }),
      revision: fc.integer({ min: 1, max: 4 }),
      cents: fc.integer({ min: 0, max: 5 }),
    })
    .map(({ n, revision, cents }): EventState => {
      const row = { org, id: eventId(['cursor', n]), assistant: 'cursor' as const, atMs: NOON + n };
      if (cents === 0) return retraction(row, 'sync', revision);
      return observe({
        ...row,
        source: 'sync',
        revision,
        actor: 'email:ada@acme.com',
        outputTokens: cents,
        reportedMicros: cents * 10_000,
      });
    });

export const observation = (org = 'acme'): fc.Arbitrary<EventState> =>
  fc.oneof(telemetry(org), idlessTelemetry(org), backfill(org), sync(org));

/** The same observations in another order, some of them twice, cut into batches. */
export const delivery = (observations: readonly EventState[]): fc.Arbitrary<EventState[][]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...observations], { minLength: observations.length }),
      fc.subarray([...observations]),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
    )
    .map(([all, again, sizes]) => {
      const rest = [...all, ...again];
      const batches: EventState[][] = [];
      for (let i = 0; rest.length > 0; i++) batches.push(rest.splice(0, sizes[i % sizes.length] ?? 1));
      return batches;
    });

/** One reading of one bucket: its rows, and the record that closes it. */
export interface Reading {
  rows: EventState[];
  closing: Snapshot;
}

/** Readings of two neighbouring buckets whose rows come, change and go; no two of a bucket at the same time. */
export const readings = (org = 'acme'): fc.Arbitrary<Reading[]> =>
  fc.uniqueArray(
    fc
      .record({
        hour: fc.constantFrom(0, 1),
        snapshotMs: fc.integer({ min: 1, max: 5 }),
        rows: fc.dictionary(fc.constantFrom('0', '1', '2', '3', '4'), fc.integer({ min: 1, max: 9 }), { minKeys: 1 }),
      })
      .map(({ hour, snapshotMs, rows }): Reading => {
        const bucketMs = NOON + hour * BUCKET_MS;
        const row = ([n, cents]: [string, number]): EventState =>
          observe({
            org,
            id: eventId(['cursor', hour, n]),
            assistant: 'cursor',
            // The last row lies on the bucket's last millisecond.
            atMs: bucketMs + (n === '4' ? BUCKET_MS - 1 : Number(n)),
            source: 'sync',
            revision: snapshotMs,
            outputTokens: cents,
            reportedMicros: cents * 10_000,
          });
        const closing = { org, assistant: 'cursor' as const, bucketMs, snapshotMs, count: Object.keys(rows).length };
        return { rows: Object.entries(rows).map(row), closing };
      }),
    { minLength: 1, maxLength: 6, selector: ({ closing }) => `${closing.bucketMs}:${closing.snapshotMs}` },
  );
