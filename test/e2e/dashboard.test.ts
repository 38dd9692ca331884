import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PageOptions, WatchedPage } from '../support/browser.ts';
import { openBrowser, settled, watchedPage } from '../support/browser.ts';
import type { DashboardWorld } from '../support/dashboard-world.ts';
import { openDashboardWorld } from '../support/dashboard-world.ts';
import { attributesOf, logRecord, request } from '../support/otlp-request.ts';

// A machine that is busy with other tests draws slowly.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let world: DashboardWorld;
let browser: Browser;
let admin: string;
const opened: WatchedPage[] = [];

beforeAll(async () => {
  [world, browser] = await Promise.all([openDashboardWorld(), openBrowser()]);
  admin = await world.key('admin', world.org);
});
afterEach(async () => {
  const faults = opened.flatMap((one) => one.faults);
  for (const { context } of opened.splice(0)) await context.close();
  expect(faults).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

async function visit(address: string, options: Partial<PageOptions> = {}): Promise<Page> {
  const watched = await watchedPage(browser, { url: world.url, nowMs: world.nowMs, ...options });
  opened.push(watched);
  await watched.page.goto(address);
  return watched.page;
}

const visitAsAdmin = async (address: string, options: Partial<PageOptions> = {}): Promise<Page> => {
  const page = await visit(address, { key: admin, ...options });
  await settled(page);
  return page;
};

const addressOf = (page: Page): string => page.url().slice(world.url.length);
const headline = (page: Page, metric: string) => page.locator(`[data-metric=${metric}]`).getAttribute('data-value');

async function summaryOf(query: string): Promise<Record<string, unknown>> {
  const url = `/${world.org}/sessions/analytics/summary?${query}`;
  const { body } = await world.app.inject({ url, headers: { 'x-api-key': admin } });
  return JSON.parse(body) as Record<string, unknown>;
}

describe('signing in', () => {
  it('leads to where one wanted to go; a wrong key does not', async () => {
    const page = await visit('/models?range=7d');
    await page.getByLabel('Key').fill('hak_seeded_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Key').fill(admin);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
    expect(addressOf(page)).toBe('/models?range=7d');
    // What a panel links to is there for whoever is signed in.
    const [api, csv] = await page.locator('section.panel').first().locator('.links a').all();
    const [shown, table] = [await api?.getAttribute('href'), await csv?.getAttribute('href')];
    expect((await page.request.get(shown ?? '')).headers()['content-type']).toContain('application/json');
    const file = page.waitForEvent('download');
    await csv?.click();
    expect((await file).suggestedFilename()).toMatch(/\.csv$/);
    expect((await page.request.get(table ?? '')).headers()['content-type']).toContain('text/csv');
    // The key is nowhere in the browser but in a cookie that no script can read.
    expect(
      await page.evaluate('JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])'),
    ).not.toContain('hak_');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('is asked for where one is when it has ended, and leads on from there', async () => {
    const { key, record } = await world.keys.create({ org: world.org, scope: 'admin' }, 'test');
    const page = await visit('/value');
    await page.getByLabel('Key').fill(key);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Value', level: 1 }).waitFor();
    await settled(page);
    await world.keys.revoke(world.org, record.id, 'test');
    await page.getByRole('link', { name: 'Patterns' }).click();
    await page.getByText('You are signed out').waitFor();
    await page.getByLabel('Key').fill(admin);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Patterns', level: 1 }).waitFor();
    await settled(page);
    expect(await page.locator('[role=alert]').count()).toBe(0);
  });

  it('says why an identity provider’s answer did not do', async () => {
    const page = await visit('/sign-in?error=not-allowed');
    await page.getByRole('alert').getByText('have no place here').waitFor();
  });

  it('as a member shows nothing of others', async () => {
    const page = await visit('/settings', { key: await world.key('member', world.org, 'dev0@acme.com') });
    await page.getByRole('heading', { name: 'This page is for others' }).waitFor();
    expect(await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents()).not.toContain(
      'Settings',
    );
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await settled(page);
    expect(await headline(page, 'uniqueUsers')).toBe('1');
  });

  it('by an invitation gives a key of one’s own, once', async () => {
    const { body } = await world.app.inject({
      method: 'POST',
      url: `/api/v1/${world.org}/invitations`,
      headers: { 'x-api-key': admin },
      payload: { email: 'new@acme.com', role: 'manager' },
    });
    const { token } = JSON.parse(body) as { token: string };
    const page = await visit(`/welcome#${token}`);
    await page.getByRole('button', { name: 'Accept the invitation' }).click();
    await page.getByText('This is your own key').waitFor();
    expect(await page.locator('.secret code').textContent()).toMatch(/^hak_seeded_/);
    await page.getByRole('button', { name: 'To the dashboard' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(page.url()).not.toContain(token);
  });
});

describe('filters', () => {
  it('are added by a click on a name, taken off, gone back to and passed on in a link', async () => {
    const page = await visitAsAdmin('/models');
    const before = await headline(page, 'totalRequests');
    const [row] = await page.locator('section.panel').filter({ hasText: 'Agents' }).locator('tbody .pick').all();
    const name = (await row?.textContent()) ?? '';
    await row?.click();
    await page.getByRole('button', { name: `Remove the filter Agent ${name}` }).waitFor();
    await settled(page);
    const link = addressOf(page);
    const filtered = await headline(page, 'totalRequests');
    expect(filtered).not.toBe(before);
    const expected = await summaryOf(`from=2026-10-18&${link.split('?')[1] ?? ''}`);
    expect(filtered).toBe(String(expected.totalRequests));
    await page.goBack();
    await settled(page);
    expect(await headline(page, 'totalRequests')).toBe(before);
    await page.goForward();
    await page.getByRole('button', { name: `Remove the filter Agent ${name}` }).click();
    await settled(page);
    expect(await headline(page, 'totalRequests')).toBe(before);
    const other = await visitAsAdmin(link);
    expect(await headline(other, 'totalRequests')).toBe(filtered);
  });

  it('begin a list of many pages anew', async () => {
    const page = await visitAsAdmin('/sessions?range=90d');
    const first = () => page.locator('tbody tr').first().textContent();
    const [latest, api] = [await first(), () => page.locator('.panel-foot a').first().getAttribute('href')];
    await page.getByRole('button', { name: 'Earlier' }).click();
    await page.waitForURL(/page=/);
    await settled(page);
    expect(await first()).not.toBe(latest);
    expect(await api()).toContain('cursor=');
    await page.locator('tbody a').first().waitFor();
    await page.getByRole('button', { name: /^Period/ }).click();
    await page.getByRole('button', { name: 'Last 6 months' }).click();
    await settled(page);
    expect(await api()).not.toContain('cursor=');
    expect(await first()).toBe(latest);
    expect(await page.getByRole('button', { name: 'Later' }).isDisabled()).toBe(true);
    await page.goBack();
    await settled(page);
    expect(await api()).toContain('cursor=');
  });

  it('that no calendar has are left out; what cannot be drawn leaves a way on', async () => {
    const page = await visitAsAdmin('/overview?from=2026-13-45');
    expect(await page.getByRole('button', { name: /^Period/ }).textContent()).toContain('Last 30 days');
    await page.goto('/user');
    await page.getByText('Nobody is chosen').waitFor();
    await page.goto('/overview?org=elsewhere');
    await page.getByText('which you may not look at').waitFor();
  });

  it('go along from page to page; sorting stays behind', async () => {
    const page = await visitAsAdmin('/users?range=7d&assistant=cursor&sort=totalTokens');
    await page.getByRole('link', { name: 'Models' }).click();
    await settled(page);
    expect(addressOf(page)).toBe('/models?range=7d&assistant=cursor');
  });

  it('mark figures of the filters before as such', async () => {
    const page = await visitAsAdmin('/overview');
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/analytics/**', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByRole('button', { name: /^Period/ }).click();
    await page.getByRole('button', { name: 'Last 7 days' }).click();
    await page.locator('.headlines[aria-busy=true]').waitFor();
    answer();
    await settled(page);
    const week = await summaryOf('from=2026-11-10');
    expect(await headline(page, 'activeDays')).toBe(String(week.activeDays));
  });

  it('take a range of one’s own', async () => {
    const page = await visitAsAdmin('/overview');
    await page.getByRole('button', { name: /^Period/ }).click();
    await page.getByLabel('First day').fill('2026-09-01');
    await page.getByLabel('Last day').fill('2026-09-30');
    await page.getByRole('button', { name: 'Show' }).click();
    await settled(page);
    expect(addressOf(page)).toBe('/overview?from=2026-09-01&to=2026-09-30');
    const september = await summaryOf('from=2026-09-01&to=2026-10-01');
    expect(await headline(page, 'costMicros')).toBe(String(september.costMicros));
  });

  it('work by the keyboard alone', async () => {
    const page = await visitAsAdmin('/overview');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toMatch(/^Period/);
    await page.keyboard.press('Enter');
    await page.getByRole('group', { name: 'Periods' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-expanded")')).toBe('false');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await settled(page);
    expect(addressOf(page)).toBe('/overview?range=7d');

    // A filter: its kind by an arrow, its value by the space bar, and back to where one was.
    await page.getByRole('button', { name: 'Add filter' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.type('team-2');
    await page.getByRole('checkbox').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Add filter');
    await settled(page);
    expect(addressOf(page)).toBe('/overview?range=7d&team=team-2');
  });

  it('sort a table, open a person and come back by the keyboard alone', async () => {
    const page = await visitAsAdmin('/users');
    await page.getByRole('columnheader', { name: 'Tokens' }).getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.locator('th[aria-sort=descending]', { hasText: 'Tokens' }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Tokens');
    await page.keyboard.press('Enter');
    await page.locator('th[aria-sort=ascending]', { hasText: 'Tokens' }).waitFor();
    const first = page.locator('tbody a').first();
    const name = await first.textContent();
    await first.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: name ?? '' }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.goBack();
    await page.locator('th[aria-sort=ascending]', { hasText: 'Tokens' }).waitFor();
    // A day by its row: what a click on its bar does.
    await page.goto('/assistants/claude-code');
    await settled(page);
    await page.getByRole('group', { name: 'Form of Over time' }).getByRole('button', { name: 'Table' }).press('Enter');
    await page.getByRole('button', { name: 'Show 12 Nov 2026 alone' }).press('Enter');
    await settled(page);
    expect(addressOf(page)).toBe('/assistants/claude-code?from=2026-11-12&to=2026-11-12');
  });
});

describe('a command', () => {
  it('is copied also where a page without encryption has no clipboard', async () => {
    const page = await visit('/start', { key: admin });
    await page.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
    await page.reload();
    await page.getByRole('button', { name: 'Copy the command for histories' }).click();
    await page.getByRole('button', { name: 'Copied the command for histories' }).waitFor();
    expect(await page.evaluate('getSelection().toString()')).toBe('npx -p @revenium/cli revenium-metering backfill');
  });
});

describe('an assistant that nobody uses', () => {
  it('says what brings its first figures; a filter that matches nothing says another thing', async () => {
    const page = await visitAsAdmin('/assistants/openai');
    await page.getByText('revenium-server sync openai').waitFor();
    expect(await page.locator('section.panel').count()).toBe(1);
    await page.goto('/models?team=nowhere');
    await settled(page);
    await page.getByText('Nothing matches').first().waitFor();
    expect(await page.locator('.notice code').count()).toBe(0);
  });
});

describe('the organisation view', () => {
  it('draws the whole of a day, not what is left of it by assistant', async () => {
    const page = await visitAsAdmin('/overview?view=organization');
    const trend = page.getByRole('region', { name: 'Over time', exact: true });
    expect(await trend.locator('.panel-foot a').first().getAttribute('href')).not.toContain('by=');
    await trend.getByText('fewer than five people').waitFor();
  });

  it('names nobody, by no page and no filter, and says of nobody that all is well', async () => {
    const page = await visitAsAdmin('/models?user=email%3Adev1%40acme.com');
    await page.getByRole('group', { name: 'View' }).getByRole('button', { name: 'Organisation' }).click();
    await settled(page);
    expect(addressOf(page)).toBe('/models?view=organization');
    for (const address of [
      '/models?view=organization&user=email%3Adev1%40acme.com',
      '/user?view=organization&id=email%3Adev1%40acme.com',
      '/data-quality?view=organization',
      '/value?view=organization',
      '/adoption?view=organization&from=2026-11-14&to=2026-11-15',
    ]) {
      await page.goto(address);
      await settled(page);
      const text = (await page.locator('main').textContent()) ?? '';
      expect({ address, failed: await page.locator('[role=alert]').count() }).toEqual({ address, failed: 0 });
      expect(text).not.toMatch(/dev1|Every seat has sent|No day stands out|Nobody began/);
    }
  });
});

describe('a month without cost', () => {
  it('is flat', async () => {
    const page = await visit('/value', { key: await world.key('admin', 'bare') });
    await settled(page);
    const month = page.getByRole('region', { name: 'This month', exact: true });
    await month.locator('svg.chart').waitFor();
    const heights = await month
      .locator('svg.chart [data-part=rect] rect')
      .evaluateAll((bars: { getBoundingClientRect: () => { height: number } }[]) =>
        bars.map((bar) => bar.getBoundingClientRect().height),
      );
    expect(heights.length).toBeGreaterThan(27);
    expect(Math.max(...heights)).toBeLessThan(1);
  });
});

describe('a day', () => {
  it('has its hours', async () => {
    const page = await visitAsAdmin('/overview?range=24h');
    const trend = page.getByRole('region', { name: 'Over time', exact: true });
    expect(await trend.locator('.panel-foot').textContent()).toMatch(/^24 hours/);
    expect(await trend.locator('.panel-foot a').first().getAttribute('href')).toContain('interval=hour');
  });
});

describe('people', () => {
  it('are sorted by any figure, grouped and searched', async () => {
    const page = await visitAsAdmin('/users');
    const tokens = page.getByRole('columnheader', { name: 'Tokens' });
    await tokens.getByRole('button').click();
    await page.locator('th[aria-sort=descending]').waitFor();
    const values = await page
      .locator('td[data-column=totalTokens] [data-value]')
      .evaluateAll((cells: { getAttribute: (name: string) => string | null }[]) =>
        cells.map((cell) => Number(cell.getAttribute('data-value'))),
      );
    expect(values.length).toBeGreaterThan(30);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(addressOf(page)).toBe('/users?sort=-totalTokens');
    await page.getByLabel('Search people').fill('dev1@');
    await page.waitForURL(/search=/);
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.locator('tbody a').first().click();
    await page.waitForURL(/\/user\?/);
    await settled(page);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('dev1');
  });

  it('are asked for by the figures that are shown, and of a panel by so many as one reads', async () => {
    const page = await visitAsAdmin('/users?column=cacheHitRate&column=workTokens');
    const [api = '', csv = ''] = await page.locator('.panel-foot .links a').evaluateAll(HREFS);
    expect(new URLSearchParams(api.split('?')[1]).get('fields')).toBe('workTokens,cacheHitRate');
    expect([csv.includes('format=csv'), csv.includes('fields=')]).toEqual([true, false]);
    await page.getByRole('button', { name: 'Choose columns' }).click();
    await page.getByLabel('Exchanges', { exact: true }).check();
    await page.locator('td[data-column=exchanges] [data-value]').first().waitFor();
    // As if there were more than the panel shows.
    await page.route(/\/breakdown\?.*limit=100/, (route) =>
      route.continue({ url: route.request().url().replace('limit=100', 'limit=10') }),
    );
    await page.goto('/overview?user-sort=-costMicros');
    await settled(page);
    const panel = page.getByRole('region', { name: 'People', exact: true }).first();
    const costs = await panel.locator('td[data-column=costMicros] [data-value]').evaluateAll(VALUES);
    const { rows } = JSON.parse(
      (await world.app.inject({ url: api.replace(/fields=[^&]*/, ''), headers: { 'x-api-key': admin } })).body,
    ) as { rows: { costMicros: number; unusedSeats: boolean }[] };
    const dearest = rows.filter(({ unusedSeats }) => !unusedSeats).map(({ costMicros }) => costMicros);
    expect(costs).toEqual(dearest.toSorted((a, b) => b - a).slice(0, 10));
    await page.getByRole('link', { name: 'Everybody' }).click();
    await page.waitForURL(/\/users/);
  });
});

type Cells = { getAttribute: (name: string) => string | null }[];
const HREFS = (links: Cells): string[] => links.map((link) => link.getAttribute('href') ?? '');
const VALUES = (cells: Cells): number[] => cells.map((cell) => Number(cell.getAttribute('data-value')));

describe('definitions', () => {
  it('open on demand, say something, and stay on the screen', async () => {
    const page = await visitAsAdmin('/value', { width: 390 });
    const buttons = await page.locator('.define').all();
    expect(buttons.length).toBeGreaterThan(8);
    for (const button of buttons) {
      await button.click();
      const note = page.getByRole('note', { name: /^What “.+” means$/ });
      expect(((await note.textContent()) ?? '').length).toBeGreaterThan(30);
      const { x = -1, width = 999 } = (await note.boundingBox()) ?? {};
      const whole = await page.evaluate('document.documentElement.scrollWidth');
      expect({ left: x >= 0, right: x + width <= 390, whole }).toEqual({ left: true, right: true, whole: 390 });
      await page.keyboard.press('Escape');
    }
  });
});

describe('on paper', () => {
  it('everything is there, and what it is of; nothing that is to be pressed', async () => {
    const page = await visitAsAdmin('/patterns?range=90d&assistant=claude-code');
    await page.getByRole('group', { name: 'Form of Peak activity' }).getByRole('button', { name: 'Table' }).click();
    const rows = page.getByRole('region', { name: 'Peak activity' }).locator('tbody tr[data-key]');
    await rows.nth(9).waitFor();
    expect(await rows.count()).toBeLessThan(100);
    await page.emulateMedia({ media: 'print' });
    await rows.nth(167).waitFor();
    expect(await rows.count()).toBe(168);
    await page.getByText(/seeded · Last 90 days · Assistant: Claude Code · as of/).waitFor();
    for (const part of ['nav', '.filters', '.panel-tools', '.define', '.links'])
      expect({ part, shown: await page.locator(part).first().isVisible() }).toEqual({ part, shown: false });
    expect(await page.evaluate("getComputedStyle(document.querySelector('.table-scroll')).overflow")).toBe('visible');
  });
});

describe('an empty server', () => {
  it('says what to do, hands out a key, and turns live with the first event', async () => {
    const key = await world.key('admin', 'fresh');
    const page = await visit('/start', { key });
    await page.getByRole('button', { name: 'Create an ingest key' }).click();
    const command = page.locator('code', { hasText: 'revenium-metering setup' });
    await page.locator('code', { hasText: /^hak_fresh_/ }).waitFor();
    const text = (await command.textContent()) ?? '';
    expect(text).toContain(`--endpoint ${world.url}`);
    const ingest = /hak_\w+/.exec(text)?.[0] ?? '';
    await page.getByText('Waiting for the first event').waitFor();
    const atMs = world.nowMs - 60_000;
    const call = logRecord(
      'claude_code.api_request',
      {
        'session.id': 's1',
        'user.email': 'ada@acme.com',
        model: 'claude-opus-4-8',
        input_tokens: 5,
        output_tokens: 50,
      },
      { timeUnixNano: `${atMs}000000` },
    );
    const { statusCode } = await world.app.inject({
      method: 'POST',
      url: '/v1/logs',
      headers: { 'x-api-key': ingest, 'content-type': 'application/json' },
      payload: request([{ ...call, attributes: [...call.attributes, ...attributesOf({ request_id: 'req_first' })] }]),
    });
    expect(statusCode).toBe(200);
    await page.getByText('It works.').waitFor();
    await page.getByRole('link', { name: 'To the overview' }).click();
    await settled(page);
    expect(await headline(page, 'uniqueUsers')).toBe('1');
  });
});

const HOSTILE_PAGES = [
  ...[
    '/overview?places=project',
    '/models',
    '/users',
    '/users?group=team',
    '/user?id=email%3A0%40acme.com',
    '/sessions',
  ],
  ...['/data-quality', '/adoption', '/value', '/leaderboard', '/patterns', '/alerts', '/settings/people'],
  ...['/settings/seats', '/settings/identities', '/settings/audit'],
];

describe('hostile data', () => {
  it('is text like any other', async () => {
    const key = await world.key('admin', 'hostile');
    const ingest = await world.key('ingest', 'hostile');
    const names = [
      '<img src=x onerror=alert(1)>',
      '</script><script>alert(1)</script>',
      '\u202Eright to left \u2067مرحبا',
      '🤖'.repeat(80),
      'x'.repeat(500),
      '=HYPERLINK("http://evil.example")',
      ' ',
      'javascript:alert(1)',
    ];
    const records = names.map((name, i) =>
      logRecord(
        'claude_code.api_request',
        {
          'session.id': `s${i}`,
          'user.email': `${i}@acme.com`,
          model: name,
          project: name,
          request_id: `req_${i}`,
          output_tokens: 9,
        },
        { timeUnixNano: `${world.nowMs - 60_000 - i}000000` },
      ),
    );
    const nobody = logRecord(
      'claude_code.api_request',
      { 'session.id': 'sn', model: 'm', request_id: 'req_n', output_tokens: 9 },
      { timeUnixNano: `${world.nowMs - 90_000}000000` },
    );
    await world.app.inject({
      method: 'POST',
      url: '/v1/logs',
      headers: { 'x-api-key': ingest, 'content-type': 'application/json' },
      payload: request([...records, nobody]),
    });
    for (const [i, name] of names.slice(0, 4).entries()) {
      const { statusCode } = await world.app.inject({
        method: 'PUT',
        url: `/api/v1/hostile/members/${i}@acme.com`,
        headers: { 'x-api-key': key },
        payload: { name, team: name, department: name },
      });
      expect(statusCode).toBe(200);
      const seat = `/api/v1/hostile/seats/${i}@acme.com/cursor`;
      await world.app.inject({
        ...{ method: 'PUT', url: seat, headers: { 'x-api-key': key } },
        payload: { tier: name.slice(0, 40), plan: name.slice(0, 40), monthlyMicros: 1 },
      });
    }
    const page = await visit('/overview', { key, width: 390 });
    for (const address of HOSTILE_PAGES) {
      await page.goto(address);
      await settled(page);
      expect({ address, alerts: await page.locator('[role=alert]').allTextContents() }).toEqual({
        address,
        alerts: [],
      });
      expect({ address, images: await page.locator('main img, main script').count() }).toEqual({ address, images: 0 });
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect({ address, width }).toEqual({ address, width: 390 });
    }
    await page.goto(`/models?project=${encodeURIComponent(names[0] ?? '')}`);
    await settled(page);
    expect(await page.locator('.chip').textContent()).toContain('<img src=x');
  });
});

describe('settings', () => {
  it('create a key, show it once, and revoke it after asking', async () => {
    const page = await visitAsAdmin('/settings');
    await page.getByLabel('What it may do').selectOption('manager');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const made = (await page.locator('.secret code').textContent()) ?? '';
    expect(made).toMatch(/^hak_seeded_/);
    await page.reload();
    await settled(page);
    expect(await page.content()).not.toContain(made);
    const row = page.locator('tbody tr', { hasText: 'manager' }).filter({ hasText: '–' });
    await row.getByRole('button', { name: 'Revoke' }).click();
    await row.getByRole('button', { name: 'Keep' }).click();
    expect(await row.textContent()).toContain('in use');
    await row.getByRole('button', { name: 'Revoke' }).click();
    await row.getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('revoked').waitFor();
    const { statusCode } = await world.app.inject({ url: '/v2/sdk/resolve-key', headers: { 'x-api-key': made } });
    expect(statusCode).toBe(401);
  });

  it('preview a CSV file and take it in', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'revenium-csv-'));
    const file = path.join(directory, 'usage.csv');
    writeFileSync(
      file,
      'Date,User,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost\n' +
        '"2026-11-10T10:00:00.000Z","csv@acme.com","Included","claude-4.5-sonnet","No","10","20","30","40","100","0.02"\n',
    );
    const page = await visitAsAdmin('/settings/imports');
    await page.getByLabel('CSV file').setInputFiles(file);
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('Would take in 1 of 1 row').waitFor();
    await page.getByRole('button', { name: 'Take it in' }).click();
    await page.getByText('Took in 1 of 1 row').waitFor();
    await page.locator('tbody tr', { hasText: 'usage.csv' }).waitFor();
    rmSync(directory, { recursive: true });
  });
});
