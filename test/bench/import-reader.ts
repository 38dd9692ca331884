import { importFile } from '../../src/server/imports/import-file.ts';
import { cursorLine, hints, teamFile } from '../support/csv-files.ts';

/** A program of its own, whose memory a test can limit: imports a made-up file of so many megabytes. */

const [, , shape = 'rows', megabytes = '1'] = process.argv;

async function* file(bytes: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from(teamFile());
  for (let written = 0, n = 0; written < bytes;) {
    const rows = Array.from({ length: 500 }, () => {
      n += 1;
      if (shape === 'one line') return 'x'.repeat(140);
      const row = cursorLine({ date: new Date(1_795_095_812_345 - n).toISOString(), output: n });
      return `${shape === 'open quotes' ? row.slice(0, -1) : row}\n`;
    });
    const chunk = Buffer.from(rows.join(''));
    written += chunk.length;
    yield chunk;
  }
}

const options = { org: 'acme', dryRun: false, tier: null, hints: hints() };
const store = { find: async () => [], write: async () => ({ incomplete: [] }) };
const { rows, added, problems } = await importFile(file(Number(megabytes) * 1e6), options, store);
console.log(JSON.stringify({ rows, added, problems: problems.count, listed: problems.lines.length }));
