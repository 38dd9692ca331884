import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { logsBody, storedId } from '../support/calls.ts';
import { postAlone } from '../support/posting.ts';
import { api, run, startServer } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const CALLS = Array.from({ length: 300 }, (_, n) => n);

it('backs a running server up and restores it elsewhere, with its keys', async () => {
  const [from, to, elsewhere] = [tempDir(), path.join(tempDir(), 'new'), tempDir()];
  const server = await startServer(from);
  const key = server.adminKey ?? '';
  expect(await postAlone(`${server.url}/v1/logs`, key, logsBody(...CALLS.map((n) => ({ n }))))).toBe(200);
  const file = path.join(elsewhere, 'revenium.backup');
  const backup = ['backup', file, '--data', from];
  expect(await run(backup).finished).toMatchObject({ code: 0, stdout: `${file}\n` });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const bytes = readFileSync(file);

  const again = await run(backup).finished;
  expect(again.code).toBe(1);
  expect(again.stderr).toContain(`${file} exists`);
  expect(readFileSync(file).equals(bytes)).toBe(true);

  const running = await run(['restore', file, '--data', from, '--replace']).finished;
  expect(running).toMatchObject({ code: 1, stderr: expect.stringContaining('a server is running from') as unknown });
  const there = await run(['restore', file, '--data', from]).finished;
  expect(there).toMatchObject({ code: 1, stderr: expect.stringContaining('--replace') as unknown });

  expect(await run(['restore', file, '--data', to]).finished).toMatchObject({ code: 0, stdout: `${to}\n` });
  const restored = await startServer(to);
  expect(restored.adminKey).toBe(undefined);
  const { body } = await api<{ records: unknown[] }>(`${restored.url}/meter/v2/records/lookup`, key, {
    method: 'POST',
    body: { ids: CALLS.map(storedId) },
  });
  expect(body.records).toHaveLength(CALLS.length);
});

it('restores nothing that is no backup', async () => {
  const file = path.join(tempDir(), 'notes.txt');
  writeFileSync(file, 'what somebody wrote down\n'.repeat(1000));
  const { code, stderr } = await run(['restore', file, '--data', tempDir()]).finished;
  expect(code).toBe(1);
  expect(stderr).toContain(`${file} cannot be restored`);
});

it('refuses settings of the embedded database for another one', async () => {
  const args = ['start', '--data', tempDir(), '--database', 'clickhouse://localhost/revenium', '--retention', '30'];
  const { code, stderr } = await run(args).finished;
  expect(code).toBe(2);
  expect(stderr).toContain('--retention and --memory are for the embedded database');
});
