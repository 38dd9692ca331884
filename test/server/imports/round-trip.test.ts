import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql, text } from '../../../src/reports/sql.ts';
import { exportEvents } from '../../../src/server/imports/export-events.ts';
import type { ImportSummary } from '../../../src/server/imports/import-file.ts';
import { importFile } from '../../../src/server/imports/import-file.ts';
import type { ReportRow } from '../../../src/reports/sql.ts';
import type { Store } from '../../../src/store/store.ts';
import { hints } from '../../support/csv-files.ts';
import { delivery, observation } from '../../support/observations.ts';
import type { TestDatabase } from '../../support/stores.ts';
import { STORES } from '../../support/stores.ts';

/** From any engine to any other by our own export, and back. */

async function exported(store: Store, org: string): Promise<string> {
  let file = '';
  for await (const part of exportEvents({ org, fromDay: 0, toDay: 100_000 }, store)) file += part;
  return file;
}

let organizations = 0;

/** An organisation's events, as they may arrive; each time another one's, since the stores stay. */
const deliveries = fc
  .constant('acme')
  .map((name) => `${name}-${++organizations}`)
  .chain((org) =>
    fc.tuple(fc.constant(org), fc.array(observation(org), { minLength: 1, maxLength: 20 }).chain(delivery)),
  );

const imported = (store: Store, org: string, file: string): Promise<ImportSummary> =>
  importFile(Readable.from([Buffer.from(file)]), { org, dryRun: false, hints: hints(), tier: null }, store);

const counted = (store: Store, org: string): Promise<ReportRow[]> =>
  store.query(
    sql`SELECT assistant, actor, count(*) AS events, sum(requests) AS requests, sum(input_tokens) AS input,
      sum(output_tokens) AS output, sum(cache_read_tokens) AS cache, sum(billed_micros) AS billed
      FROM usage_event WHERE org = ${text(org)} AND counted GROUP BY assistant, actor ORDER BY assistant, actor`,
  );

const [embedded, ...others] = STORES;

describe.each([embedded, ...others].flatMap((one) => (one ? [one] : [])))('$name', ({ create }) => {
  const databases: TestDatabase[] = [];
  const stores: Store[] = [];
  beforeAll(async () => {
    for (const make of [create, embedded?.create ?? create]) {
      const database = await make();
      databases.push(database);
      stores.push(await database.open());
    }
  }, 240_000);
  afterAll(async () => {
    for (const store of stores) await store.close();
    for (const database of databases) await database.remove();
  });

  it('takes back what it gave without a change, and gives another store the same', { timeout: 240_000 }, async () => {
    const [store, plain] = stores;
    if (!store || !plain) throw new Error('two stores are open');
    await fc.assert(
      fc.asyncProperty(deliveries, async ([org, batches]) => {
        for (const events of batches) await store.write({ events, activities: [] });
        const file = await exported(store, org);
        const before = await counted(store, org);
        expect(await imported(store, org, file)).toMatchObject({ added: 0, problems: { count: 0 } });
        expect(await counted(store, org)).toEqual(before);
        expect(await exported(store, org)).toBe(file);
        expect(await imported(plain, org, file)).toMatchObject({ known: 0, problems: { count: 0 } });
        expect(await counted(plain, org)).toEqual(before);
        expect(await exported(plain, org)).toBe(file);
        // And the other way.
        const back = `${org}-back`;
        expect(await imported(store, back, file)).toMatchObject({ known: 0, problems: { count: 0 } });
        expect(await counted(store, back)).toEqual(before);
        expect(await exported(store, back)).toBe(file);
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});
