import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const PROGRAM = (file: string): string => `
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(${JSON.stringify(file)});
  const connection = await instance.connect();
  await connection.run('CREATE TABLE held (x INTEGER)');
  console.log('held');
  setInterval(() => connection, 1000);
`;

/** Another process that has a directory's database open, until the test is over. */
export async function spawnHolder(directory: string): Promise<void> {
  const program = PROGRAM(path.join(directory, 'usage.duckdb'));
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  await once(child.stdout, 'data');
}
