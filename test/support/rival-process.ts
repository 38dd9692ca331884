import { openClickhouse } from '../../src/store/clickhouse/open.ts';
import type { Rivalry } from './rival-writer.ts';
import { price, writeAll } from './rival-writer.ts';

/** One of several writers, as a process: `rival-process.ts URL WHO RIVALRY`. */
const [url = '', who = '0', rivalry = '{}'] = process.argv.slice(2);
const store = await openClickhouse({ url, price });
process.stdout.write('started\n');
await writeAll(store, JSON.parse(rivalry) as Rivalry, Number(who));
await store.close();
