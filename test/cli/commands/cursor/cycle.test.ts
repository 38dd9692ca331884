import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planAsked } from '../../../../src/assistants/cursor/sync/plan.ts';
import type { VendorRow } from '../../../support/cursor-api.ts';
import { newRow } from '../../../support/sync-schedule.ts';
import { START, SyncWorld } from '../../../support/sync-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let world: SyncWorld;
beforeEach(async () => {
  world = await SyncWorld.start();
  world.cursor.perMinute = null;
});
afterEach(() => world.close());

/** Rows unlike each other, the newest ten minutes old. */
const rows = (count: number, everyMs: number): VendorRow[] =>
  Array.from({ length: count }, (_, n) => newRow(START - 10 * MINUTE - n * everyMs, n));

const expectExact = (): void => expect(world.found()).toEqual(world.wanted());
const said = (): string => world.context.io.stderr.text;

describe('a cycle', () => {
  it('delivers everything once, and then nothing', async () => {
    world.cursor.rows = rows(200, 3 * HOUR);
    expect((await world.cycle()).outcome).toEqual({
      fromMs: Date.UTC(2026, 8, 28, 9),
      toMs: START - 5 * MINUTE,
      fetched: 200,
      new: 200,
      amended: 0,
      duplicates: 0,
      sent: 200,
      failed: 0,
    });
    expectExact();
    const sent = world.endpoint.requests;
    world.nowMs += 5 * MINUTE;
    // The newest row alone lies within the last two hours.
    expect((await world.cycle()).outcome).toMatchObject({ fetched: 1, new: 0, duplicates: 1, sent: 0 });
    expect(world.endpoint.requests).toBe(sent);
  });

  it('reads two hours again each time, two days each day, 35 days each week', async () => {
    world.cursor.rows = rows(1, HOUR);
    const reread: number[] = [];
    for (let n = 0; n < 16; n++) {
      const { outcome } = await world.cycle();
      reread.push(Math.round(((outcome.toMs ?? 0) - (outcome.fromMs ?? 0)) / HOUR));
      world.nowMs += DAY / 2;
    }
    // Half a day, and two hours before it, is what each cycle has to catch up with.
    expect(reread).toEqual([840, 14, 48, 14, 48, 14, 48, 14, 48, 14, 48, 14, 48, 14, 840, 14]);
  });

  it('takes what changed: a row revised, another kind of it, one gone, one more', async () => {
    world.cursor.rows = rows(10, MINUTE);
    await world.cycle();
    const [first, second, third] = world.cursor.rows;
    if (!first || !second || !third) throw new Error('no rows');
    first.chargedCents = 12;
    first.isChargeable = true;
    second.kind = 'Aborted, of a new kind';
    world.cursor.rows.splice(2, 1, newRow(START - 9 * MINUTE, 77));
    world.nowMs += MINUTE;
    expect((await world.cycle()).outcome).toMatchObject({ new: 2, amended: 1, duplicates: 7, sent: 8 });
    expectExact();
  });

  it('keeps rows of an hour that the vendor shows empty, and says so once', async () => {
    world.cursor.rows = rows(5, MINUTE);
    await world.cycle();
    const before = world.found();
    world.cursor.rows = [];
    for (let n = 0; n < 3; n++) expect((await world.cycle()).error).toBeNull();
    expect(world.found()).toEqual(before);
    expect(said().match(/Cursor shows none of the 5 rows that 2026-11-02T09:00Z had; they are kept/g)).toHaveLength(1);
  });

  it('loses nothing, and delivers nothing twice, when the endpoint is down for ten cycles', async () => {
    world.cursor.rows = rows(50, 20 * MINUTE);
    await world.cycle();
    world.endpoint.down = true;
    for (let n = 0; n < 10; n++) {
      world.nowMs += 40 * MINUTE;
      world.cursor.rows.push(newRow(world.nowMs - 20 * MINUTE, n), newRow(world.nowMs - 7 * MINUTE, n + 50));
      const { error, outcome } = await world.cycle();
      expect(error?.message).toMatch(/answered 503/);
      expect(outcome).toMatchObject({ sent: 0 });
      expect(world.state.runs).toMatchObject({ failures: n + 1, lastSuccessMs: expect.any(Number) as unknown });
    }
    expect(world.endpoint.counted()).toHaveLength(50);
    world.endpoint.down = false;
    expect((await world.cycle()).outcome).toMatchObject({ new: 20, failed: 0 });
    expectExact();
    expect(world.state.runs).toMatchObject({ failures: 0, lastError: null });
  });

  it('delivers the rest where the endpoint refuses rows, and tries those again', async () => {
    world.cursor.rows = rows(30, 10 * MINUTE);
    const odd = world.cursor.rows[20];
    if (!odd) throw new Error('no rows');
    odd.model = 'odd';
    world.endpoint.refusedModels = ['odd'];
    const { error, outcome } = await world.cycle();
    expect(error?.message).toMatch(
      /did not take all rows of 1 hour: cursor bucket 2026-11-02T05:00:00.000Z is incomplete/,
    );
    expect([outcome.sent, outcome.failed]).toEqual([24, 6]);
    expect(world.found()).toHaveLength(29);
    world.endpoint.refusedModels = [];
    world.nowMs += MINUTE;
    expect((await world.cycle()).error).toBeNull();
    expectExact();
  });

  it('delivers the rest, and what is new, where the endpoint refuses the whole request that has an odd row in it', async () => {
    world.cursor.rows = rows(30, 10 * MINUTE);
    const odd = world.cursor.rows[20];
    if (!odd) throw new Error('no rows');
    odd.model = 'odd';
    world.endpoint.refusedModels = ['odd'];
    world.endpoint.refusesWhole = true;
    for (const total of [30, 40]) {
      world.nowMs += HOUR;
      world.cursor.rows.push(...rows(total - 30, MINUTE));
      const { error } = await world.cycle();
      expect(error?.message).toMatch(/^the endpoint did not take all rows of 1 hour: .* answered 400: bad model/);
      // Of the odd row's hour those are missing that went with it.
      expect(world.found().length).toBeGreaterThanOrEqual(total - 6);
    }
    world.endpoint.refusedModels = [];
    world.nowMs += MINUTE;
    expect((await world.cycle()).error).toBeNull();
    expectExact();
  });

  it('gives up at once on an endpoint that refuses everything', async () => {
    world.cursor.rows = rows(100, 10 * MINUTE);
    world.endpoint.faults = Array.from({ length: 50 }, () => ({ kind: 'status', status: 400 }));
    const { error } = await world.cycle();
    expect(error).toMatchObject({ status: 400 });
    expect(world.endpoint.requests).toBeLessThan(10);
  });

  it('sends smaller requests to an endpoint that asks for them', async () => {
    world.cursor.rows = rows(30, MINUTE);
    world.endpoint.maxRecords = 2;
    expect((await world.cycle()).error).toBeNull();
    expectExact();
  });

  it('counts once at an endpoint that knows no snapshots, though it cannot retract there', async () => {
    world.endpoint.knowsSnapshots = false;
    world.cursor.rows = rows(30, MINUTE);
    expect(await world.cycle()).toMatchObject({ error: null, outcome: { sent: 30, failed: 0 } });
    expectExact();
    const [gone] = world.cursor.rows.splice(3, 1);
    const revised = world.cursor.rows[5];
    if (revised) revised.tokenUsage = { outputTokens: 4711 };
    expect(await world.cycle()).toMatchObject({ error: null, outcome: { amended: 1, failed: 0 } });
    world.cursor.rows.push(...(gone ? [gone] : []));
    expectExact();
  });

  it('delivers all of it to another endpoint, and knows the same organisation by another key', async () => {
    world.cursor.rows = rows(5, MINUTE);
    await world.cycle();
    world.restart();
    world.settings = { apiKey: 'hak_acme_anotherkey0123456789' };
    expect((await world.cycle()).outcome).toMatchObject({ new: 0, sent: 0 });
    world.restart();
    world.settings = { endpoint: 'https://elsewhere.example' };
    expect((await world.cycle()).outcome).toMatchObject({ new: 5, sent: 5 });
    expect(said()).toContain('https://elsewhere.example is another destination than before');
  });

  it('reads what a person asks for in whole hours, and only that', async () => {
    world.cursor.rows = rows(48, HOUR / 2);
    const range = { fromMs: START - 5 * HOUR, toMs: START - 3 * HOUR };
    const asked = await world.cycle((state, endMs, nowMs) => planAsked(state, range, endMs, nowMs));
    expect(asked.outcome).toMatchObject({ fromMs: Date.UTC(2026, 10, 2, 4), toMs: Date.UTC(2026, 10, 2, 7), new: 6 });
    expect(world.cursor.requests).toHaveLength(1);
    await world.cycle();
    expectExact();
  });

  it('goes on with a long range where it was stopped', async () => {
    world.batchSize = 1000;
    // More than is read at one go.
    world.cursor.rows = Array.from({ length: 21_000 }, (_, n) => newRow(START - DAY - n * 37_000, n % 1000));
    const range = { fromMs: START - 10 * DAY, toMs: START };
    const asked = () => world.cycle((state, endMs, nowMs) => planAsked(state, range, endMs, nowMs));
    // Down as soon as a part with rows in it is done.
    world.endpoint.afterRequest = () => {
      const left = world.state.pending.at(-1)?.toMs ?? 0;
      world.endpoint.down ||= left > 0 && left < START - DAY;
    };
    expect((await asked()).error).not.toBeNull();
    const left = world.state.pending.flatMap(({ fromMs, toMs }) => world.within(fromMs, toMs).wanted).length;
    expect(left).toBeGreaterThan(1000);
    expect(left).toBeLessThan(20_000);
    world.endpoint.down = false;
    world.endpoint.afterRequest = () => undefined;
    world.restart();
    const second = await asked();
    expect(second.error).toBeNull();
    expect(second.outcome.fetched).toBe(left);
    expectExact();
  }, 120_000);

  it('tells rows that it cannot read', async () => {
    world.cursor.rows = rows(3, MINUTE);
    const send = world.cursor.rows[1];
    if (send) send.timestamp = START - 12 * MINUTE;
    world.cursor.beforePage = ({ body }) => (body.endDate += HOUR);
    world.cursor.rows.push(newRow(START, 1));
    expect((await world.cycle()).outcome).toMatchObject({ fetched: 4, new: 3, sent: 3, failed: 1 });
    expect(said()).toContain('1 rows from Cursor cannot be read and were left out');
  });
});
