import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultDataDirectory } from '../../src/server/data-directory.ts';
import type { Finished, RunningServer } from '../support/server-process.ts';
import { api, run, startServer } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Made {
  id: string;
  key: string;
  scope: string;
  org: string;
}

async function keys(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  return await run(['keys', ...args], { env }).finished;
}

async function json<T>(args: readonly string[], env: Record<string, string> = {}): Promise<T> {
  const { code, stdout, stderr } = await keys([...args, '--json'], env);
  expect([code, stderr]).toEqual([0, '']);
  // The one document that --json promises; the test asserts on its parts.
  return JSON.parse(stdout) as T;
}

const connection = ({ url, adminKey = '' }: RunningServer): Record<string, string> => ({
  REVENIUM_ENDPOINT: url,
  REVENIUM_API_KEY: adminKey,
});

const statusOf = async ({ url }: RunningServer, key: string): Promise<number> =>
  (await api(`${url}/v2/sdk/resolve-key`, key)).status;

describe('revenium-server keys', () => {
  it('finds the server of this machine by its data directory', async () => {
    const directory = tempDir();
    const server = await startServer(directory);
    const data = ['--data', directory];
    const made = await json<Made>(['create', '--scope', 'member', '--email', 'ada@acme.com', ...data]);
    expect(made).toEqual({
      id: expect.stringMatching(/^key_/) as unknown,
      key: expect.stringMatching(/^hak_default_/) as unknown,
      scope: 'member',
      org: 'default',
      email: 'ada@acme.com',
    });
    expect(await statusOf(server, made.key)).toBe(200);
    const listed = await json<Made[]>(['list', ...data]);
    expect(listed.map(({ id }) => id)).toContain(made.id);
    expect(JSON.stringify(listed)).not.toContain(made.key);
    expect(await json<Made>(['revoke', made.id, ...data])).toMatchObject({ id: made.id, scope: 'member' });
    expect(await statusOf(server, made.key)).toBe(401);
  });

  it("sends the local server's key to nobody else", async () => {
    const home = tempDir();
    const received: unknown[] = [];
    const stranger = createServer((request, response) => {
      received.push(request.headers['x-api-key']);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    await startServer(defaultDataDirectory({ platform: process.platform, home, env: {} }) ?? '');
    const { code, stderr } = await keys(['list'], {
      HOME: home,
      USERPROFILE: home,
      REVENIUM_ENDPOINT: `http://127.0.0.1:${port}`,
    });
    stranger.close();
    expect([code, received]).toEqual([2, []]);
    expect(stderr).toContain('REVENIUM_API_KEY');
  });

  it('finds it where a server is looked for by default', async () => {
    const home = tempDir();
    await startServer(defaultDataDirectory({ platform: process.platform, home, env: {} }) ?? '');
    const { code, stdout } = await keys(['list'], { HOME: home, USERPROFILE: home });
    expect([code, stdout.split('\n').length]).toEqual([0, 3]);
  });

  it('finds it by address and key, in the environment or as flags', async () => {
    const server = await startServer(tempDir());
    const { url, adminKey = '' } = server;
    const byEnvironment = await json<Made>(['create', '--scope', 'ingest'], connection(server));
    const byFlags = await json<Made>(['create', '--scope', 'ingest', '--endpoint', url, '-k', adminKey], {
      REVENIUM_ENDPOINT: 'http://127.0.0.1:1',
      REVENIUM_API_KEY: 'hak_other_key',
    });
    expect([await statusOf(server, byEnvironment.key), await statusOf(server, byFlags.key)]).toEqual([200, 200]);
  });

  it('makes a new organisation with the operator’s key, not with another admin’s', async () => {
    const directory = tempDir();
    const server = await startServer(directory);
    const made = await json<Made>(['create', '--scope', 'admin', '--org', 'globex'], connection(server));
    expect(made).toMatchObject({ org: 'globex', key: expect.stringMatching(/^hak_globex_/) as unknown });
    const local = await json<Made>(['create', '--scope', 'admin', '--org', 'initech', '--data', directory]);
    expect(local.org).toBe('initech');

    const admin = connection({ ...server, adminKey: made.key });
    const refused = await keys(['create', '--scope', 'ingest', '--org', 'umbrella'], admin);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/404.*no such organisation for this key/);
    // Without --org it acts for its own.
    expect(await json<Made>(['create', '--scope', 'ingest'], admin)).toMatchObject({ org: 'globex' });
  });

  it('prints the key alone on stdout, and a table of keys without them', async () => {
    const server = await startServer(tempDir());
    const { stdout, stderr } = await keys(['create'], connection(server));
    expect(stdout).toMatch(/^hak_default_[A-Za-z0-9]{32}\n$/);
    expect(stderr).toMatch(/^ingest key key_[\w-]+ of default; it is shown this once\n$/);
    const list = await keys(['list'], connection(server));
    expect(list.stdout.split('\n').map((line) => line.split(/ {2,}/).slice(1))).toEqual([
      ['SCOPE', 'E-MAIL', 'CREATED', 'REVOKED'],
      ['admin', '–', expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as unknown, '–'],
      ['ingest', '–', expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as unknown, '–'],
      [],
    ]);
  });

  it('says what is wrong', async () => {
    const server = await startServer(tempDir());
    const env = connection(server);
    const cases: [string[], Record<string, string>, number, RegExp][] = [
      [['list', '--data', '/nonexistent/nowhere'], {}, 2, /no server was named.*\n.*revenium-server start/],
      [['list'], { ...env, REVENIUM_ENDPOINT: 'http://127.0.0.1:1' }, 1, /no answer from http:\/\/127.0.0.1:1/],
      [['list'], { ...env, REVENIUM_API_KEY: 'hak_default_wrong' }, 1, /401: this API key is unknown or revoked/],
      [['create', '--scope', 'owner'], env, 2, /owner/],
      [['create', '--email', 'ada'], env, 1, /400.*email/],
      [['create', '--org', 'API'], env, 1, /400.*2 to 40 lower-case letters/],
      [['revoke', 'key_unknown'], env, 1, /404: no key key_unknown in organisation default/],
      [['revoke'], env, 2, /id/],
    ];
    const results = await Promise.all(cases.map(([args, environment]) => keys(args, environment)));
    results.forEach(({ code, stdout, stderr }, i) => {
      const [args, , expected, says] = cases[i] ?? [[], {}, -1, /^$/];
      expect([args, code, stdout]).toEqual([args, expected, '']);
      expect(stderr).toMatch(says);
      expect(stderr).not.toContain(server.adminKey);
    });
  });

  it('leaves its way in readable for the owner alone, and takes it away when it stops', async () => {
    const directory = tempDir();
    const server = await startServer(directory);
    const file = path.join(directory, 'server.json');
    const { key } = JSON.parse(readFileSync(file, 'utf8')) as { key: string };
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    server.child.kill('SIGTERM');
    await server.finished;
    expect(() => statSync(file)).toThrow('ENOENT');
    const again = await startServer(directory);
    expect(await statusOf(again, key)).toBe(401);
  });
});
