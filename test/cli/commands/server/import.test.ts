import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBinary } from '../../../../src/cli/run.ts';
import type { TestContext } from '../../../support/context.ts';
import { testContext } from '../../../support/context.ts';
import { testApp } from '../../../support/app.ts';
import { NOW, SPEND_HEADER, cursorLine, teamFile } from '../../../support/csv-files.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function world(files: Record<string, string> = {}, importPatienceMs = 60_000) {
  const server = await testApp({ now: () => NOW, importPatienceMs });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const cwd = tempDir();
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(cwd, name), content);
  const env = { REVENIUM_ENDPOINT: `http://127.0.0.1:${port}`, REVENIUM_API_KEY: await server.key('admin') };
  const run = async (...args: string[]): Promise<{ code: number; context: TestContext }> => {
    const context = testContext({ cwd, env, fetch });
    if (args.includes('-')) context.io.stdin.end(files['usage.csv']);
    return { code: await runBinary('revenium-server', args, context), context };
  };
  return { run, cwd };
}

const FILE = teamFile(
  cursorLine({}),
  cursorLine({ user: 'grace@acme.com', date: '2026-11-18T10:00:00.000Z', output: 2000 }),
);

describe('import', () => {
  it('shows a preview, imports, and says what was there before', async () => {
    const { run } = await world({ 'usage.csv': FILE });
    const preview = await run('import', 'usage.csv', '--dry-run');
    expect(preview.code).toBe(0);
    expect(preview.context.io.stdout.text).toBe(
      [
        "usage.csv: Cursor's usage events; a preview, nothing was imported",
        '  rows          2',
        '  would be new  2',
        '  there before  0',
        '  said twice    0',
        '  left out      0',
        '  people        2',
        '  days          2 (2026-11-18 to 2026-11-19)',
        '  requests      2',
        '  tokens        2,210',
        '',
      ].join('\n'),
    );
    const first = await run('import', 'usage.csv', '--json');
    expect([first.code, JSON.parse(first.context.io.stdout.text)]).toEqual([
      0,
      expect.objectContaining({ dryRun: false, added: 2, known: 0 }),
    ]);
    const again = await run('import', '-', '--json');
    expect(JSON.parse(again.context.io.stdout.text)).toMatchObject({ added: 0, known: 2 });
  });

  it('lists bad rows and fails in part', async () => {
    const bad = Array.from({ length: 25 }, () => 'broken,row');
    const { run } = await world({ 'usage.csv': teamFile(cursorLine({}), ...bad) });
    const { code, context } = await run('import', 'usage.csv');
    expect(code).toBe(1);
    expect(context.io.stdout.text).toContain('left out      25');
    expect(context.io.stderr.text).toContain('line 3: it has 2 cells where the header has 13\n');
    expect(context.io.stderr.text).toContain('… and 5 more lines\n');
    expect(context.io.stderr.text).toContain('error: 25 of 26 rows could not be read\n');
  });

  it.each([
    ['a file that is not there', ['import', 'none.csv'], 2, /there is no file none\.csv/],
    ['a file of no known kind', ['import', 'other.csv'], 1, /no known kind.*Known are/],
    ['totals without days', ['import', 'spend.csv'], 1, /--from 2026-11-01/],
    ['a date that is none', ['import', 'spend.csv', '--from', 'May', '--to', '2026-11-02'], 1, /from/],
  ])('refuses %s', async (_, args, expected, why) => {
    const { run } = await world({ 'other.csv': 'a,b\n1,2\n', 'spend.csv': `${SPEND_HEADER}\n` });
    const { code, context } = await run(...args);
    expect([code, context.io.stdout.text]).toEqual([expected, '']);
    expect(context.io.stderr.text).toMatch(why);
  });
});

describe('import of what takes long', () => {
  it('is told in the end, good or bad', async () => {
    const { run } = await world({ 'usage.csv': FILE, 'other.csv': 'a,b\n1,2\n' }, 0);
    const good = await run('import', 'usage.csv', '--json');
    expect([good.code, JSON.parse(good.context.io.stdout.text)]).toEqual([0, expect.objectContaining({ added: 2 })]);
    const bad = await run('import', 'other.csv');
    expect(bad.code).toBe(1);
    expect(bad.context.io.stderr.text).toMatch(/no known kind/);
  });
});

describe('export', () => {
  it('gives what import reads back', async () => {
    const { run, cwd } = await world({ 'usage.csv': FILE });
    await run('import', 'usage.csv');
    const printed = await run('export');
    expect(printed.code).toBe(0);
    expect(printed.context.io.stdout.text.split('\r\n')).toHaveLength(4);
    const written = await run('export', '--output', 'events.csv');
    const where = path.join(cwd, 'events.csv');
    expect(readFileSync(where, 'utf8')).toBe(printed.context.io.stdout.text);
    if (process.platform !== 'win32') expect(statSync(where).mode & 0o777).toBe(0o600);
    expect([written.code, written.context.io.stdout.text]).toEqual([0, '']);
    const again = await run('import', 'events.csv', '--json');
    expect(JSON.parse(again.context.io.stdout.text)).toMatchObject({ format: 'revenium-events', added: 0, known: 2 });
  });
});
