import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { importFile } from '../../src/server/imports/import-file.ts';
import type { Store } from '../../src/store/store.ts';
import { NOW, cursorLine, hints, teamFile } from '../support/csv-files.ts';
import { line, measure } from './measure.ts';

/**
 * Importing a large file: `tsx test/bench/import.ts [megabytes]`, 500 by default. Once with a store that takes
 * everything and keeps nothing, which shows what the reading itself takes, and once into a database.
 */

const [, script = '', first = '500', file = ''] = process.argv;

/** Rows of a team's usage, newest first, as the vendor exports them; some of one millisecond, one in 1000 broken. */
async function write(where: string, bytes: number): Promise<number> {
  const out = createWriteStream(where);
  out.write(teamFile());
  let written = 0;
  let rows = 0;
  for (let n = 0; written < bytes; n++) {
    const row = cursorLine({
      date: new Date(NOW - Math.floor(n / 1.02) * 700).toISOString(),
      user: `person${n % 400}@acme.com`,
      kind: n % 5 === 0 ? 'On-Demand' : 'Included',
      model: ['auto', 'claude-4.5-sonnet-thinking', 'composer-2.5-fast'][n % 3] ?? '',
      write: (n * 7) % 9000,
      input: (n * 13) % 20_000,
      read: (n * 31) % 90_000,
      output: (n * 3) % 4000,
      cost: n % 5 === 0 ? '0.21' : 'Included',
    });
    const text = `${n % 1000 === 999 ? row.slice(0, -20) : row}\n`;
    written += text.length;
    rows += 1;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return rows;
}

/** Loaded only where it is used: the engine has memory of its own. */
async function database(directory: string): Promise<Store> {
  const { openDuckdb } = await import('../../src/store/duckdb/open.ts');
  const { createPriceBook } = await import('../../src/usage/pricing.ts');
  const prices = createPriceBook();
  return await openDuckdb({ directory, price: (event) => prices.valuesOf(event) });
}

const options = { org: 'acme', dryRun: false, tier: null, hints: hints() };

if (first === 'read' || first === 'store') {
  const directory = mkdtempSync(path.join(tmpdir(), 'revenium-bench-'));
  const store = first === 'read' ? null : await database(directory);
  const { problems, ...summary } = await importFile(
    createReadStream(file),
    options,
    store ?? { find: async () => [], write: async () => ({ incomplete: [] }) },
  );
  await store?.close();
  rmSync(directory, { recursive: true });
  console.log(JSON.stringify({ ...summary, problems: problems.count }));
} else {
  const directory = mkdtempSync(path.join(tmpdir(), 'revenium-bench-'));
  const where = path.join(directory, 'usage.csv');
  const rows = await write(where, Number(first) * 1e6);
  const { size } = statSync(where);
  console.log(`${(size / 1e6).toFixed(0)} MB, ${rows} rows`);
  for (const what of ['read', 'store']) {
    const run = await measure(process.execPath, ['--import', 'tsx', script, what, where], { HOME: directory });
    console.log(line(what, [run], size));
    console.log(`  ${run.stdout.trim()}`);
  }
  if (existsSync(directory)) rmSync(directory, { recursive: true });
}
