import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const READER = path.resolve(import.meta.dirname, '../bench/import-reader.ts');

/** All of a process's own memory but what lies outside of its heap: a row takes eight bytes there. */
const HEAP_MB = 48;

function read(shape: string, megabytes: number): Record<string, number> {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, '--import', 'tsx', READER, shape, String(megabytes)],
    { encoding: 'utf8', cwd: path.dirname(READER) },
  );
  expect([status, stderr.includes('out of memory')]).toEqual([0, false]);
  return JSON.parse(stdout) as Record<string, number>;
}

describe('memory while a file is imported', () => {
  it('does not grow with its rows', () => {
    const { rows, added, problems } = read('rows', 16);
    expect(rows).toBeGreaterThan(100_000);
    expect([added, problems]).toEqual([rows, 0]);
  }, 180_000);

  it('does not grow with what is wrong in it', () => {
    const { rows, added, problems, listed } = read('open quotes', 1);
    expect([added, listed]).toEqual([0, 1000]);
    expect(problems).toBe(rows);
  }, 180_000);

  it('does not grow with a line that never ends', () => {
    expect(read('one line', 60)).toEqual({ rows: 1, added: 0, problems: 1, listed: 1 });
  }, 180_000);
});
