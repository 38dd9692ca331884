import { expect, it, onTestFinished } from 'vitest';
import { raw } from '../../../src/reports/sql.ts';
import { openDuckdb } from '../../../src/store/duckdb/open.ts';
import { slicesOf } from '../../../src/store/slices.ts';
import { eventId } from '../../../src/usage/identity.ts';
import { observe } from '../../../src/usage/merge.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY = 86_400_000;
const FIRST = Date.UTC(2026, 10, 1);

it('removes what is older, keeps who was seen first when, and leaves the slices right', async () => {
  const price = () => ({ listMicros: 1, cacheSavingsMicros: 0 });
  const store = await openDuckdb({ directory: tempDir(), price, freshRows: 20 });
  onTestFinished(() => store.close());
  // One person from the first day on, one from the fifth; a session that runs through every midnight.
  const events = Array.from({ length: 60 }, (_, n) =>
    observe({
      org: 'acme',
      id: eventId(['test', n]),
      assistant: 'claude-code',
      source: 'telemetry',
      actor: n % 2 === 0 || n < 30 ? 'email:ada@acme.com' : 'email:bob@acme.com',
      atMs: FIRST + Math.floor(n / 6) * DAY + (n % 6 < 3 ? 60_000 : DAY - 60_000) + n,
      sessionId: 's1',
      promptId: 'p1',
    }),
  );
  for (let i = 0; i < events.length; i += 15) await store.write({ events: events.slice(i, i + 15), activities: [] });
  const seen = async () => await store.query(raw('SELECT actor, at_ms FROM first_seen ORDER BY actor'));
  const before = await seen();
  expect(before).toEqual([
    { actor: 'email:ada@acme.com', at_ms: events[0]?.atMs },
    { actor: 'email:bob@acme.com', at_ms: events[31]?.atMs },
  ]);

  const day = FIRST / DAY + 7;
  await store.forgetBefore?.(day);
  expect(await store.query(raw('SELECT count(*) AS n, min(day) AS first FROM usage_event'))).toEqual([
    { n: 18, first: day },
  ]);
  const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
  const slices = sorted(await store.query(raw('SELECT * FROM usage_slice')));
  expect(slices).toEqual(sorted(await store.query(raw(slicesOf('usage_event')))));
  expect(await seen()).toEqual(before);
  // Nothing is left to do, and doing it again changes nothing.
  await store.forgetBefore?.(day);
  expect(await seen()).toEqual(before);
  expect(await store.query(raw('SELECT count(*) AS n FROM first_seen_before'))).toEqual([{ n: 2 }]);
});
