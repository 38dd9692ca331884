import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linksOf } from '../../../src/store/clickhouse/event-keys.ts';
import type { Observed } from '../../../src/store/clickhouse/observation.ts';
import type { PlacedRow } from '../../../src/store/clickhouse/placed-row.ts';
import { settlementOf } from '../../../src/store/clickhouse/settlement.ts';
import { utcDay } from '../../../src/usage/days.ts';
import type { EventState } from '../../../src/usage/event.ts';
import { storeHash } from '../../../src/usage/identity.ts';
import { join } from '../../../src/usage/merge.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { delivery, observation } from '../../support/observations.ts';

const price = (event: EventState) => ({ listMicros: event.outputTokens * 20, cacheSavingsMicros: null });

/** What ClickHouse promises, and no more: an insert of one row is seen from some moment on, a row is read as a whole. */
class Tables {
  readonly #observations: EventState[] = [];
  readonly #rows = new Map<string, PlacedRow>();

  observe(event: EventState): void {
    this.#observations.push({ ...event, hash: storeHash(event.org, event.id) });
  }

  read(hash: bigint): Observed | null {
    const seen = this.#observations.filter((event) => event.hash === hash);
    const [first, ...rest] = seen;
    if (!first) return null;
    return {
      state: rest.reduce((joined, event) => join(joined, event), first),
      messageKeys: [...new Set(seen.flatMap(({ messageKey }) => messageKey ?? []))],
      days: [...new Set(seen.map(({ atMs }) => utcDay(atMs)))],
      inserts: BigInt(seen.length),
    };
  }

  /** Who has one of these keys. */
  withKeys(keys: readonly bigint[]): bigint[] {
    const wanted = new Set(keys);
    const has = ({ messageKey, callKeys }: EventState): boolean =>
      (messageKey !== null && wanted.has(messageKey)) || callKeys.some((key) => wanted.has(key));
    return [...new Set(this.#observations.filter(has).map(({ hash }) => hash))];
  }

  /** As ReplacingMergeTree: the highest revision stands, of equal ones any. */
  place(row: PlacedRow): void {
    const key = `${row.state.org} ${row.day} ${row.place} ${row.slot}`;
    const old = this.#rows.get(key);
    if (!old || row.revision >= old.revision) this.#rows.set(key, row);
  }

  content(): EventState[] {
    return [...this.#rows.values()]
      .filter((row) => !row.void)
      .map(({ state }) => state)
      .sort((a, b) => (a.hash < b.hash ? -1 : 1));
  }
}

/** A process that writes one batch; it can be held up, or die, at every `yield`. */
function* writer(tables: Tables, batch: readonly EventState[], mix: (n: number) => number): Generator<void, void> {
  for (const event of batch) {
    tables.observe(event);
    yield;
  }
  const rows = new Map<bigint, Observed>();
  let frontier = batch.map(({ org, id }) => storeHash(org, id));
  while (frontier.length > 0) {
    const found: Observed[] = [];
    for (const hash of frontier) {
      const row = tables.read(hash);
      if (row) found.push(row);
      yield;
    }
    for (const row of found) rows.set(row.state.hash, row);
    frontier = tables.withKeys(found.flatMap(linksOf)).filter((hash) => !rows.has(hash));
    yield;
  }
  const outcome = settlementOf([...rows.values()], price);
  while (outcome.length > 0) {
    for (const row of outcome.splice(mix(outcome.length), 1)) tables.place(row);
    yield;
  }
}

/** Runs the batches of several processes, each going on whenever chance has it, and dying where `deaths` says. */
function run(batches: readonly (readonly EventState[])[], chances: readonly number[], deaths: readonly number[]) {
  const tables = new Tables();
  let turn = 0;
  const mix = (n: number): number => (chances[turn++ % chances.length] ?? 0) % n;
  const start = (batch: readonly EventState[], steps: number) => ({ batch, steps, work: writer(tables, batch, mix) });
  const running = batches.map((batch, i) => start(batch, deaths[i] ?? Number.POSITIVE_INFINITY));
  while (running.length > 0) {
    const at = mix(running.length);
    const one = running[at];
    if (!one) break;
    const died = one.steps-- <= 0;
    if (!died && !one.work.next().done) continue;
    running.splice(at, 1);
    // It was never answered, so that it is sent again.
    if (died) running.push(start(one.batch, Number.POSITIVE_INFINITY));
  }
  return tables;
}

async function expected(all: readonly EventState[]): Promise<EventState[]> {
  const table = new MemoryTable();
  await table.write(all, price);
  return table.content();
}

/** Some of them a day later than others, around one midnight. */
const overMidnight = (events: readonly EventState[], late: readonly boolean[]): EventState[] =>
  events.map((event, i) => ({ ...event, atMs: event.atMs + 12 * 3_600_000 - (late[i % late.length] ? 0 : 2500) }));

describe('settlement', () => {
  const chances = fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 });
  const deaths = fc.array(fc.nat(12), { maxLength: 4 });
  const cases = fc
    .tuple(fc.array(observation(), { minLength: 1, maxLength: 9 }), fc.array(fc.boolean(), { minLength: 1 }))
    .map(([events, late]) => overMidnight(events, late))
    .chain((all) => fc.tuple(fc.constant(all), delivery(all), chances, deaths));

  it('comes to the same whoever writes at the same time, is held up, or dies and is followed by another', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([all, batches, chance, dying]) => {
        expect(run(batches, chance, dying).content()).toEqual(await expected(all));
      }),
      { numRuns: 1000 },
    );
  });
});
