import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeEndpoint } from '../../support/fake-endpoint.ts';
import { startFakeEndpoint } from '../../support/fake-endpoint.ts';
import { TestMachine } from '../../support/machine.ts';

const KEY = 'hak_acme_0123456789abcdef';
let machine: TestMachine;
let endpoint: FakeEndpoint;
beforeEach(async () => {
  machine = new TestMachine();
  endpoint = await startFakeEndpoint(KEY);
});
afterEach(async () => {
  machine.remove();
  await endpoint.close();
});

const setup = async (binary = 'revenium-metering', ...more: string[]): Promise<void> => {
  const args = ['setup', '-k', KEY, '--endpoint', endpoint.url, '-e', 'ada@acme.com', '-o', 'Acme Corp', ...more];
  expect((await machine.run(binary, args)).code).toBe(0);
  endpoint.requests.length = 0;
};

describe('test', () => {
  it('is no use before setup: exit 2, with what to do', async () => {
    const { code, err } = await machine.run('revenium-metering', ['test']);
    expect([code, err]).toEqual([
      2,
      'error: Claude Code is not set up: there is no ~/.claude/revenium.env\n  Run "revenium-metering setup".\n',
    ]);
    machine.write('.claude/revenium.env', 'export A=1\n');
    expect((await machine.run('revenium-metering', ['test'])).err).toContain('names no endpoint and key');
  });

  it.each([
    ['revenium-metering', 'claude-code'],
    ['revenium-gemini', 'gemini-cli'],
  ])('%s sends one record as the assistant would, and reads it back', async (binary, service) => {
    await setup(binary);
    const { code, out } = await machine.run(binary, ['test', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ endpoint: endpoint.url, sent: true, processedEvents: 1, readBack: true });
    expect(endpoint.requests.map(({ path }) => path)).toEqual(['/meter/v2/otlp/v1/logs', '/meter/v2/records/lookup']);
    const body = endpoint.requests[0]?.body ?? '';
    const { resourceLogs } = JSON.parse(body) as {
      resourceLogs: { resource: { attributes: { key: string; value: unknown }[] } }[];
    };
    const attributes = resourceLogs[0]?.resource.attributes.map(({ key, value }) => [key, value]);
    expect(attributes).toEqual([
      ['service.name', { stringValue: service }],
      ['user.email', { stringValue: 'ada@acme.com' }],
      ['organization.name', { stringValue: 'Acme Corp' }],
    ]);
    expect(body).toContain('revenium.test');
    const again = await machine.run(binary, ['test']);
    expect(again.out).toMatch(/^A test record went to http.* and was read back \(\d+ ms\)\.\n$/);
    // A fresh id each time.
    expect(endpoint.records.size).toBe(2);
  });

  it('says so where the endpoint cannot read back, and that is no failure', async () => {
    await setup();
    endpoint.hook = (request, response) =>
      request.url === '/meter/v2/records/lookup' && Boolean(response.writeHead(404).end());
    const { code, out } = await machine.run('revenium-metering', ['test']);
    expect([code, out.split('\n')[1]]).toEqual([
      0,
      'This endpoint offers no look-up, so that it could not be read back.',
    ]);
  });

  it('waits a little for a record that is taken, and fails if it never comes', async () => {
    await setup();
    const waits: number[] = [];
    const sleep = (ms: number): Promise<void> => {
      waits.push(ms);
      return Promise.resolve();
    };
    let asked = 0;
    endpoint.hook = (request, response) =>
      request.url === '/meter/v2/records/lookup' && ++asked < 3 && Boolean(response.end('{"records": []}'));
    expect((await machine.run('revenium-metering', ['test'], { sleep })).code).toBe(0);
    expect(waits).toEqual([200, 500]);
    endpoint.hook = (request, response) =>
      request.url === '/meter/v2/records/lookup' && Boolean(response.end('{"records": []}'));
    const { code, err } = await machine.run('revenium-metering', ['test'], { sleep });
    expect([code, err.includes('does not find it again')]).toEqual([1, true]);
  });

  it.each([
    [401, 'answered 401', 'Check the API key'],
    [403, 'answered 403', 'scope "ingest"'],
    [500, 'answered 500', ''],
  ])('fails on %d, saying what the server said', async (status, message, hint) => {
    await setup();
    endpoint.hook = (_, response) => Boolean(response.writeHead(status).end('{"message": "because"}'));
    const { code, err } = await machine.run('revenium-metering', ['test']);
    expect(code).toBe(1);
    for (const part of [message, 'because', hint]) expect(err).toContain(part);
  });

  it('of Cursor asks Cursor about its key as well', async () => {
    const vendor = await startFakeEndpoint();
    vendor.hook = (_, response) => Boolean(response.end('{"teamMembers": [{}]}'));
    machine.env.CURSOR_API_BASE_URL = vendor.url;
    await setup('revenium-cursor', '--cursor-api-key', 'crsr_0123456789abcdef');
    const { code, out } = await machine.run('revenium-cursor', ['test']);
    expect([code, out.split('\n')[1]]).toEqual([0, 'Cursor takes its API key. It sees a team of 1.']);
    vendor.hook = (_, response) => Boolean(response.writeHead(403).end());
    expect((await machine.run('revenium-cursor', ['test'])).err).toContain('Cursor refuses its API key (403)');
    vendor.hook = (_, response) => Boolean(response.end('{"teamMembers": [{}]}'));
    delete machine.env.CURSOR_API_BASE_URL;
    machine.write(
      '.cursor/revenium/revenium.env',
      `${machine.read('.cursor/revenium/revenium.env')}CURSOR_API_BASE_URL=${vendor.url}\n`,
    );
    expect((await machine.run('revenium-cursor', ['test'])).code).toBe(0);
    machine.env.CURSOR_API_BASE_URL = 'http://cursor.example.com';
    expect((await machine.run('revenium-cursor', ['test'])).err).toContain('is not encrypted');
    await vendor.close();
  });
});
