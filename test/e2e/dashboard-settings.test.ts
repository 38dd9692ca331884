import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ANTHROPIC_KEY, AnthropicApi } from '../support/anthropic-api.ts';
import type { WatchedPage } from '../support/browser.ts';
import { openBrowser, settled, watchedPage } from '../support/browser.ts';
import type { DashboardWorld } from '../support/dashboard-world.ts';
import { openDashboardWorld } from '../support/dashboard-world.ts';
import { SEED_KEY, SEED_TO } from '../support/seeded-organization.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SERIOUS = `axe.run().then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html).join(' | ')))`;

// A machine that is busy with other tests draws slowly.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let world: DashboardWorld;
let vendor: AnthropicApi;
let browser: Browser;
let admin: string;
let watched: WatchedPage;
let page: Page;
/** What came to the webhook. */
const posted: { url: string; text: string }[] = [];
const webhook: typeof fetch = async (url, init) => {
  const request = new Request(url, init);
  const { text } = (await request.json()) as { text: string };
  posted.push({ url: request.url, text });
  return new Response('ok');
};

beforeAll(async () => {
  vendor = await new AnthropicApi(() => SEED_TO).listen();
  vendor.claudeCode = [
    {
      date: '2026-11-14T00:00:00Z',
      actor: { type: 'user_actor', email_address: 'vera@acme.com' },
      organization_id: 'o1',
      core_metrics: { num_sessions: 2 },
      model_breakdown: [
        { model: 'claude-opus-5-5', tokens: { input: 10, output: 20 }, estimated_cost: { amount: 1.5 } },
      ],
    },
  ];
  const vendorEnv = { ANTHROPIC_API_BASE_URL: vendor.url };
  [world, browser] = await Promise.all([
    openDashboardWorld('seeded', { vendorEnv, vendorFetch: fetch, fetch: webhook }),
    openBrowser(),
  ]);
  admin = await world.key('admin', world.org);
  watched = await watchedPage(browser, { url: world.url, key: admin, nowMs: world.nowMs });
  ({ page } = watched);
});
afterEach(() => expect(watched.faults.splice(0)).toEqual([]));
afterAll(async () => {
  await browser?.close();
  await world?.close();
  await vendor?.close();
});

async function open(address: string): Promise<void> {
  await page.goto(address);
  await settled(page);
}

async function answer<T>(path: string): Promise<T> {
  const { body } = await world.app.inject({
    url: `/api/v1/${world.org}/${path}`,
    headers: { 'x-api-key': admin },
  });
  // The answers of routes whose shapes are tested elsewhere.
  return JSON.parse(body) as T;
}

const form = (title: string): Locator => page.getByRole('region', { name: title, exact: true });
const row = (text: string): Locator => page.locator('tbody tr', { hasText: text });
const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent');

/** Asked, thought better of by Escape, asked again, done: all by the keyboard. */
async function confirmed(place: Locator, label: string): Promise<void> {
  const button = place.getByRole('button', { name: label, exact: true });
  await button.focus();
  await page.keyboard.press('Enter');
  // Enter twice does nothing: the keyboard stands on the way back.
  expect(await focused()).toBe('Keep');
  await page.keyboard.press('Escape');
  expect(await focused()).toBe(label);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+Tab');
  expect(await focused()).toBe(label);
  await page.keyboard.press('Enter');
}

/** What the audit says was done, the latest first. */
async function audited(): Promise<string[]> {
  const { entries } = await answer<{ entries: { action: string; kind: string; entity: string }[] }>('audit');
  return entries.map(({ action, kind, entity }) => `${action} ${kind} ${entity}`);
}

describe('settings', () => {
  it('connect a vendor, read it now, show how that went, and forget its key', async () => {
    await open('/settings/connections');
    await form('Connect a vendor').getByLabel('Key').fill(ANTHROPIC_KEY);
    await form('Connect a vendor').getByRole('button', { name: 'Save' }).click();
    await row('Anthropic').getByRole('button', { name: 'Sync now' }).waitFor();
    expect(await page.content()).not.toContain(ANTHROPIC_KEY);
    await row('Anthropic').getByRole('button', { name: 'Sync now' }).click();
    const run = form('Syncs of late').locator('tbody tr').first();
    await run.getByText('done').waitFor();
    expect(await run.locator('[data-column=written]').textContent()).toBe('1');
    const { rows } = await answer<{ rows: { user: string }[] }>('breakdown?by=user&from=2026-11-01');
    expect(rows.map(({ user }) => user)).toContain('email:vera@acme.com');
    await confirmed(row('Anthropic').first(), 'Disconnect');
    await row('not connected').nth(3).waitFor();
    expect((await audited())[0]).toMatch(/^\S+ connection anthropic/);
  });

  it('keep people: add, change the role, leave', async () => {
    await open('/settings/people');
    const add = form('Add or change a person');
    await add.getByLabel('E-mail').fill('lin@acme.com');
    await add.getByLabel('Name').fill('Lin Wei');
    await add.getByLabel('Team').fill('team-1');
    await add.getByRole('button', { name: 'Save' }).click();
    await row('lin@acme.com').getByText('active').waitFor();
    await page.getByRole('button', { name: 'Change lin@acme.com' }).click();
    const change = form('Change Lin Wei');
    expect(await change.getByLabel('Team').inputValue()).toBe('team-1');
    expect(await page.evaluate('document.activeElement.name')).toBe('name');
    expect(await change.getByLabel('E-mail').getAttribute('readonly')).toBe('');
    await change.getByLabel('Role').selectOption('manager');
    await change.getByRole('button', { name: 'Save' }).click();
    await row('lin@acme.com').getByText('manager').waitFor();
    await page.getByRole('button', { name: 'Change the team team-1' }).click();
    await form('Change the team team-1').getByLabel('Managers').fill('dev0@acme.com');
    await form('Change the team team-1').getByRole('button', { name: 'Save' }).click();
    await form('Teams').getByText('dev0@acme.com').waitFor();
    // What is emptied is taken away; what was not touched stays.
    await page.getByRole('button', { name: 'Change lin@acme.com' }).click();
    await change.getByLabel('Team').fill('');
    await change.getByRole('button', { name: 'Save' }).click();
    await row('lin@acme.com').locator('[data-column=team]', { hasText: '–' }).waitFor();
    expect(await row('lin@acme.com').textContent()).toContain('Lin Wei');
    await page.getByRole('button', { name: 'Change lin@acme.com' }).click();
    await confirmed(change, 'Has left');
    await row('lin@acme.com').getByText('left').waitFor();
    expect((await audited()).filter((line) => line.endsWith(' member lin@acme.com'))).toHaveLength(4);
  });

  it('give a seat, say what is recoverable, and take the seat back', async () => {
    await open('/settings/seats');
    const give = form('Give or change a seat');
    // One works, one does not.
    for (const email of ['dev0@acme.com', 'dev3@acme.com']) {
      await give.getByLabel('Person’s e-mail').fill(email);
      await give.getByLabel('Tier').selectOption('max_20x');
      await give.getByRole('button', { name: 'Save' }).click();
      await row(email).waitFor();
    }
    await row('dev3@acme.com').getByText('not used').waitFor();
    expect(await row('dev0@acme.com').textContent()).not.toContain('not used');
    const value = await answer<Record<string, number>>('value');
    expect(value.recoverableMicros).toBeGreaterThan(0);
    for (const metric of ['inactiveSeats', 'recoverableMicros'])
      expect(await page.locator(`[data-metric=${metric}]`).getAttribute('data-value')).toBe(String(value[metric]));
    await confirmed(row('dev3@acme.com'), 'Give back');
    await row('dev3@acme.com').getByText('given back').waitFor();
    expect((await audited())[0]).toMatch(/ seat .*dev3@acme\.com/);
  });

  it('say whose a key is, for the past too, and unsay it', async () => {
    const requests = async () => {
      const from = '2026-07-20';
      const { rows } = await answer<{ rows: { user: string; totalRequests: number }[] }>(
        `breakdown?by=user&from=${from}`,
      );
      return rows.find(({ user }) => user === 'email:kim@acme.com')?.totalRequests ?? 0;
    };
    await open('/settings/identities');
    const [, shown = ''] = SEED_KEY.split(':');
    const unmapped = form('Not yet anybody’s').locator('tbody tr', { hasText: shown });
    await unmapped.waitFor();
    expect(await requests()).toBe(0);
    const say = form('Say whose it is');
    await say.getByLabel('Key or login').fill(SEED_KEY);
    await say.getByLabel('Person’s e-mail').fill('kim@acme.com');
    await say.getByRole('button', { name: 'Save' }).click();
    const mapped = form('Belongs to').locator('tbody tr', { hasText: shown });
    await mapped.getByText('kim@acme.com').waitFor();
    await unmapped.waitFor({ state: 'detached' });
    expect(await requests()).toBeGreaterThan(100);
    await confirmed(mapped, 'Undo');
    await mapped.waitFor({ state: 'detached' });
    expect(await requests()).toBe(0);
    expect((await audited())[0]).toContain(SEED_KEY);
  });

  it('hold the organisation against a target and a budget, and take the budget away', async () => {
    await open('/settings/targets');
    await form('Adoption').getByLabel('Percent of licensed people').fill('80');
    await form('Adoption').getByRole('button', { name: 'Save' }).click();
    await vi.waitFor(async () => expect(await answer('targets')).toMatchObject({ adoptionRate: 0.8 }));
    await form('Set a budget').getByLabel('Dollars a month').fill('1200.50');
    await form('Set a budget').getByRole('button', { name: 'Save' }).click();
    await row('The organisation').getByText('$1,200.50').waitFor();
    expect(await answer('budgets')).toMatchObject({ budgets: [{ team: null, monthlyMicros: 1_200_500_000 }] });
    await open('/value');
    await page.getByText('the budget of').or(page.getByText('The budget is')).first().waitFor();
    await open('/settings/targets');
    await confirmed(row('The organisation'), 'Remove');
    await page.getByText('No budget is set').waitFor();
    expect(await answer('budgets')).toMatchObject({ budgets: [] });
  });

  it('choose what alerts look for, and where they are sent', async () => {
    await open('/alerts');
    await form('Rules').getByLabel('A day far above the usual').uncheck();
    await form('Rules').getByLabel('Days for a first session').fill('10');
    await form('Rules').getByRole('button', { name: 'Save' }).click();
    await form('Rules').getByText('Saved.').waitFor();
    await form('Webhook').getByLabel('Address').fill('https://hooks.example/services/secret');
    await form('Webhook').getByRole('button', { name: 'Save' }).click();
    await form('Webhook').getByRole('button', { name: 'Send a test' }).click();
    await form('Webhook').getByText('It was taken.').waitFor();
    expect(posted).toHaveLength(1);
    expect(posted[0]?.url).toBe('https://hooks.example/services/secret');
    expect(posted[0]?.text).toContain('test');
    expect(await page.content()).not.toContain('services/secret');
    const { settings } = await answer<{ settings: { rules: string[]; newcomerDays: number } }>('alerts');
    expect(settings).toMatchObject({ newcomerDays: 10, rules: ['adoption', 'newcomer', 'budget', 'stale-sync'] });
    await page.getByRole('button', { name: 'Look now' }).click();
    await page.getByText(/\d+ new/).waitFor();
    await confirmed(form('Webhook'), 'Forget it');
    await form('Webhook').getByRole('button', { name: 'Send a test' }).waitFor({ state: 'detached' });
  });

  it('hide names in every report', async () => {
    await open('/settings/people');
    await form('Names').getByLabel('Hide names in reports').check();
    await form('Names').getByRole('button', { name: 'Save' }).click();
    await vi.waitFor(async () => expect(await answer('settings')).toMatchObject({ pseudonyms: true }));
    await open('/users');
    expect(await page.locator('tbody').textContent()).not.toMatch(/acme\.com|Dev \d/);
    await open('/settings/people');
    await form('Names').getByLabel('Hide names in reports').uncheck();
    await form('Names').getByRole('button', { name: 'Save' }).click();
    await vi.waitFor(async () => expect(await answer('settings')).toMatchObject({ pseudonyms: false }));
  });

  it('tell who changed what, in words', async () => {
    await open('/settings/audit');
    const text = (await page.locator('tbody').textContent()) ?? '';
    expect(text).toContain('newcomer days: 10');
    expect(text).not.toMatch(/[{}]|services\/secret/);
    expect(text).not.toContain(ANTHROPIC_KEY);
  });

  it('ask in a way that every eye and ear can follow', async () => {
    await open('/settings');
    await row('in use').first().getByRole('button', { name: 'Revoke' }).click();
    await page.evaluate(AXE);
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await page.evaluate<string[]>(SERIOUS)));
    }
    expect(found).toEqual([]);
  });

  it('are for administrators', async () => {
    const manager = await watchedPage(browser, {
      url: world.url,
      key: await world.key('manager', world.org, 'dev0@acme.com'),
      nowMs: world.nowMs,
    });
    for (const part of ['', '/people', '/seats', '/identities', '/imports', '/connections', '/targets', '/audit']) {
      await manager.page.goto(`/settings${part}`);
      await manager.page.getByRole('heading', { name: 'This page is for others' }).waitFor();
    }
    expect(manager.faults).toEqual([]);
    await manager.context.close();
  });
});
