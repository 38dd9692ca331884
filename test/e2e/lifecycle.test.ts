import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { logsBody, storedId } from '../support/calls.ts';
import { postAlone } from '../support/posting.ts';
import { PATIENTLY } from '../support/patience.ts';
import { api, run, startServer } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { Wire, head } from '../support/wire.ts';

const isListening = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    () => true,
    () => false,
  );

const portOf = (url: string): number => Number(new URL(url).port);

describe('the first start', () => {
  it('prints one line with an admin key, the second the same without', async () => {
    const directory = tempDir();
    const first = await startServer(directory);
    expect(JSON.parse(first.stdout())).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as unknown,
      org: 'default',
      adminKey: expect.stringMatching(/^hak_default_[A-Za-z0-9]{32}$/) as unknown,
    });
    expect(first.stdout()).toMatch(/^[^\n]+\n$/);
    first.child.kill('SIGTERM');
    expect((await first.finished).code).toBe(0);
    const second = await startServer(directory);
    expect(JSON.parse(second.stdout())).toEqual({ url: second.url, org: 'default' });
    expect((await api(`${second.url}/v2/sdk/resolve-key`, first.adminKey ?? '')).body).toMatchObject({
      org: 'default',
      scope: 'admin',
    });
  });
});

describe('SIGTERM', () => {
  it('answers what is in flight, refuses what follows, and keeps what it answered', async () => {
    const directory = tempDir();
    const server = await startServer(directory);
    const key = server.adminKey ?? '';
    const inFlight = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const wire = new Wire(portOf(server.url));
        const body = logsBody({ n });
        const headers = { 'x-api-key': key, 'content-type': 'application/json', 'content-length': body.length };
        await wire.send(head('/v1/logs', headers));
        await wire.send(body.subarray(0, 50));
        return { wire, rest: body.subarray(50), n };
      }),
    );
    // Connections that are open, one of them used before.
    const idle = new Wire(portOf(server.url));
    await idle.send(head('/healthz', {}, 'GET'));
    expect(await idle.answer()).toMatchObject({ status: 200 });
    server.child.kill('SIGTERM');
    await expect.poll(() => isListening(server.url), PATIENTLY).toBe(false);
    expect(await postAlone(`${server.url}/v1/logs`, key, logsBody({ n: 'late' }))).toBe(null);

    for (const { wire, rest } of inFlight) await wire.send(rest);
    const answers = await Promise.all(inFlight.map(({ wire }) => wire.answer()));
    expect(answers.map(({ status }) => status)).toEqual(inFlight.map(() => 200));
    expect(await server.finished).toMatchObject({ code: 0, signal: null });

    const again = await startServer(directory);
    const ids = [...inFlight.map(({ n }) => storedId(n)), storedId('late')];
    const lookup = { method: 'POST', body: { ids } };
    const { body } = await api<{ records: unknown[] }>(`${again.url}/meter/v2/records/lookup`, key, lookup);
    expect(body.records).toHaveLength(inFlight.length);
  });

  it('ends an open connection with the answer that is due on it', async () => {
    const server = await startServer(tempDir());
    const key = server.adminKey ?? '';
    const body = logsBody({ n: 'slow' });
    const wire = new Wire(portOf(server.url));
    const headers = { 'x-api-key': key, 'content-type': 'application/json', 'content-length': body.length };
    await wire.send(head('/v1/logs', headers));
    server.child.kill('SIGTERM');
    await expect.poll(() => isListening(server.url), PATIENTLY).toBe(false);
    // The rest of this request, and a second one behind it.
    await wire.send(Buffer.concat([body, Buffer.from(head('/v1/logs', headers)), body]));
    expect(await wire.answer()).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await wire.closed();
    expect((await server.finished).code).toBe(0);
  });

  it('waits for nobody for ever', async () => {
    const server = await startServer(tempDir());
    const headers = { 'x-api-key': server.adminKey ?? '', 'content-type': 'application/json', 'content-length': 100 };
    const stalled = new Wire(portOf(server.url));
    await stalled.send(head('/v1/logs', headers));
    const silent = new Wire(portOf(server.url));
    await silent.send('POST');
    server.child.kill('SIGTERM');
    expect(await server.finished).toMatchObject({ code: 0 });
  });
});

describe('a server that cannot leave word of itself', () => {
  it('starts all the same, and says so', async () => {
    const directory = tempDir();
    mkdirSync(path.join(directory, 'server.json'));
    const server = await startServer(directory);
    expect((await api(`${server.url}/readyz`, '')).status).toBe(200);
    expect(server.stderr()).toContain('will not find this server by its data directory');
    server.child.kill('SIGTERM');
    expect((await server.finished).code).toBe(0);
  });
});

describe('a server that cannot start says why', () => {
  it('its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.on('listening', resolve));
    // A TCP server's address is of this form.
    const { port } = other.address() as AddressInfo;
    const directory = tempDir();
    const { code, stdout, stderr } = await run(['start', '--data', directory, '--port', String(port)]).finished;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      `error: port ${port} is taken on 127.0.0.1\n  Choose another with --port, or --port 0 for any free one.\n`,
    );
    // The admin key was not made by a start that could not show it.
    const { adminKey } = await startServer(directory);
    expect(adminKey).toMatch(/^hak_default_/);
  });

  it('another server uses its data directory', async () => {
    const directory = tempDir();
    const first = await startServer(directory);
    const { code, stdout, stderr } = await run(['start', '--data', directory, '--port', '0']).finished;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: .*usage\.duckdb.*\n.*another revenium-server/);
    // The first is untouched, and commands on this machine still find it.
    const list = run(['keys', 'list', '--data', directory, '--json']);
    expect((await list.finished).code).toBe(0);
    expect((await api(`${first.url}/readyz`, '')).status).toBe(200);
  });

  it.each([
    ['is a file', (directory: string) => writeFileSync(path.join(directory, 'data'), '')],
    ['lies in one that may not be written', (directory: string) => chmodSync(directory, 0o555)],
    [
      'may not be written itself',
      (directory: string) => {
        mkdirSync(path.join(directory, 'data'));
        chmodSync(path.join(directory, 'data'), 0o555);
      },
    ],
    [
      'holds no database under its name',
      (directory: string) => {
        mkdirSync(path.join(directory, 'data'));
        writeFileSync(path.join(directory, 'data', 'usage.duckdb'), 'not a database, but long enough to look like one');
      },
    ],
  ])('its data directory %s', async (_, prepare) => {
    const directory = tempDir();
    chmodSync(directory, 0o755);
    prepare(directory);
    // Root may write everywhere: then somebody else tries.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const data = path.join(directory, 'data');
    const { code, stderr } = await run(['start', '--data', data, '--port', '0'], { spawn: nobody }).finished;
    expect(code).toBe(1);
    expect(stderr).toContain(data);
    expect(stderr).toMatch(/^error: cannot open .+\n {2}Choose another directory with --data.+\n$/);
  });
});
