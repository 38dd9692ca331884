import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { openBrowser, settled, watchedPage } from '../support/browser.ts';
import { attributesOf, logRecord, request } from '../support/otlp-request.ts';
import { run, startServer } from '../support/server-process.ts';

const SETUP = path.resolve(import.meta.dirname, '../../bin/revenium-metering.js');

function ownFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'revenium-first-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a developer does with a command of the page: the program behind `npx` with its arguments, in a home of theirs. */
async function asSaid(command: string, home: string): Promise<void> {
  const [, args = ''] = /^npx -p @revenium\/cli revenium-metering (.*)$/.exec(command) ?? [];
  await promisify(execFile)(process.execPath, [SETUP, ...args.split(' ')], {
    env: { PATH: process.env.PATH, HOME: home, SHELL: '/bin/bash' },
  });
}

const oneCall = (): Buffer => {
  const call = logRecord(
    'claude_code.api_request',
    {
      'session.id': 's1',
      'user.email': 'ada@acme.com',
      model: 'claude-opus-4-8',
      input_tokens: 5,
      output_tokens: 50,
    },
    { timeUnixNano: `${Date.now() - 1000}000000` },
  );
  return Buffer.from(
    JSON.stringify(request([{ ...call, attributes: [...call.attributes, ...attributesOf({ request_id: 'req_1' })] }])),
  );
};

it('leads from the first start to the first figures, and to a company that does not exist', async () => {
  const data = ownFolder();
  const server = await startServer(data);
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const { page, faults } = await watchedPage(browser, { url: server.url });

  // With the key that the first start printed.
  await page.goto('/');
  await page.getByLabel('Key').fill(server.adminKey ?? '');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing has arrived').waitFor();
  await page.getByRole('link', { name: 'Set up metering' }).last().click();
  await page.getByRole('button', { name: 'Create an ingest key' }).click();
  const command = page.locator('code', { hasText: /revenium-metering setup .*hak_\w+$/ });
  const said = (await command.textContent()) ?? '';
  const key = /hak_\w+/.exec(said)?.[0] ?? '';
  expect(said).toBe(`npx -p @revenium/cli revenium-metering setup --endpoint ${server.url} --api-key ${key}`);

  // A developer does as the page says, and uses the assistant.
  const home = ownFolder();
  await asSaid(said, home);
  const written = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
  expect(written.some((text) => text.includes(key))).toBe(true);
  await page.getByText('Waiting for the first event').waitFor();
  const sent = await fetch(`${server.url}/v1/logs`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: oneCall(),
  });
  expect(sent.status).toBe(200);
  // The page finds out by itself.
  await page.getByText('It works.').waitFor();
  await page.getByRole('link', { name: 'To the overview' }).click();
  await settled(page);
  const people = page.locator('[data-metric=uniqueUsers]');
  expect(await people.getAttribute('data-value')).toBe('1');

  const demo = await run(['demo', '--data', data, '--json']).finished;
  expect({ code: demo.code, stderr: demo.stderr.includes('error') }).toEqual({ code: 0, stderr: false });
  const organisation = page.getByRole('navigation', { name: 'Pages' }).getByRole('combobox');
  await page.reload();
  await organisation.selectOption('demo');
  await settled(page);
  await page.getByText('A made-up company').waitFor();
  expect(Number(await people.getAttribute('data-value'))).toBeGreaterThan(20);
  await organisation.selectOption(server.org);
  await page.getByText('A made-up company').waitFor({ state: 'detached' });
  await settled(page);
  expect(await people.getAttribute('data-value')).toBe('1');
  expect(faults).toEqual([]);
}, 240_000);
