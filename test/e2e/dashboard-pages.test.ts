import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WatchedPage } from '../support/browser.ts';
import { openBrowser, settled, watchedPage } from '../support/browser.ts';
import type { DashboardWorld } from '../support/dashboard-world.ts';
import { openDashboardWorld } from '../support/dashboard-world.ts';
import { differenceOf, reference } from '../support/picture.ts';
import { SEED_PEOPLE } from '../support/seeded-organization.ts';
import type { ShownPanel } from '../support/shown-figures.ts';
import { SHOWN_PANELS, differences } from '../support/shown-figures.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const serious = (options: object): string => `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html).join(' | ')))`;

/** One of the person who works most. */
const SESSION = 's-0-116-0';
/** Pages that show figures. */
const REPORT_PAGES = [
  ...['/overview', '/users', '/users?group=team', `/user?id=${SEED_PEOPLE.power}`, '/sessions', '/leaderboard'],
  ...['/assistants/claude-code', '/assistants/claude-cowork', '/assistants/gemini-cli', '/assistants/cursor'],
  `/session?id=${SESSION}`,
  ...['/adoption?range=90d', '/value', '/models', '/patterns', '/data-quality', '/overview?view=organization'],
];
const OTHER_PAGES = [
  ...['/start', '/alerts', '/settings', '/settings/people', '/settings/seats', '/settings/identities'],
  ...['/settings/imports', '/settings/connections', '/settings/targets', '/settings/audit'],
];
/** A phone, a desk at 200 %, a wide screen. */
const WIDTHS = [390, 640, 1600];

// A machine that is busy with other tests draws slowly.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let world: DashboardWorld;
let browser: Browser;
let key: string;
let watched: WatchedPage;

beforeAll(async () => {
  [world, browser] = await Promise.all([openDashboardWorld(), openBrowser()]);
  key = await world.key('admin', world.org);
  watched = await watchedPage(browser, { url: world.url, key, nowMs: world.nowMs });
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

async function answerOf(api: string): Promise<unknown> {
  const { statusCode, body } = await world.app.inject({ url: api, headers: { 'x-api-key': key } });
  expect({ api, statusCode }).toEqual({ api, statusCode: 200 });
  return JSON.parse(body);
}

async function faultsOfAccess(page: Page): Promise<string[]> {
  const found: string[] = [];
  // Of a theme only the colours are its own.
  for (const [colorScheme, options] of [
    ['light', {}],
    ['dark', { runOnly: ['color-contrast'] }],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    const violations = await page.evaluate<string[]>(serious(options));
    found.push(...violations.map((violation) => `${colorScheme}: ${violation}`));
  }
  return found;
}

/** What sticks out, where something does. */
const CULPRITS = `[...document.querySelectorAll('body *')]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.table-scroll, .segmented, .tabs'))
  .map((one) => one.tagName + '.' + one.className).slice(0, 5).join(' ')`;

async function tooWideAt(page: Page): Promise<string[]> {
  const wide: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const scroll = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (scroll > width) wide.push(`${width}: ${scroll} ${await page.evaluate<string>(CULPRITS)}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  return wide;
}

describe.each([...REPORT_PAGES, ...OTHER_PAGES])('%s', (path) => {
  it('shows what the API says, to every eye and on every screen', async () => {
    const { page, faults } = watched;
    faults.length = 0;
    await page.goto(path);
    await settled(page);
    expect(await page.locator('[role=alert]').allTextContents()).toEqual([]);
    // The page's own policy forbids scripts of others; the test's come by the debugger.
    await page.evaluate(AXE);
    const access = await faultsOfAccess(page);
    const wide = await tooWideAt(page);
    expect({ access, wide, faults }).toEqual({ access: [], wide: [], faults: [] });
    if (!REPORT_PAGES.includes(path)) return;
    // Charts have a table that says the same.
    for (const button of await page.getByRole('button', { name: 'Table', exact: true }).all()) await button.click();
    let compared = 0;
    for (const panel of await page.evaluate<ShownPanel[]>(SHOWN_PANELS)) {
      const outcome = differences(panel, await answerOf(panel.api));
      expect({ api: panel.api, wrong: outcome.wrong }).toEqual({ api: panel.api, wrong: [] });
      compared += outcome.compared;
    }
    expect(compared).toBeGreaterThan(path.startsWith('/session?') ? 7 : 20);
    await everyTableIsThere(page);
  });
});

describe('the overview', () => {
  it('looks as it did when somebody looked at it', async () => {
    const { page, context } = watched;
    await page.goto('/overview');
    await settled(page);
    const empty = await context.newPage();
    const differences: Record<string, number> = {};
    const taken: Buffer[] = [];
    for (const width of [1600, 390])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 1000 });
        // Charts are drawn anew for their new place.
        await page.waitForTimeout(300);
        const picture = await page.screenshot();
        const name = `overview-${width}-${colorScheme}`;
        differences[name] = await differenceOf(empty, picture, reference(name, picture));
        taken.push(picture);
      }
    const [light = Buffer.of(), dark = Buffer.of()] = taken;
    // The measure can tell pictures apart.
    expect(await differenceOf(empty, light, dark)).toBeGreaterThan(0.9);
    await empty.close();
    expect(Object.entries(differences).filter(([, difference]) => difference > 0.02)).toEqual([]);
  });
});

/** Every panel has a CSV of its own or of the API, and the API's has rows. */
async function everyTableIsThere(page: Page): Promise<void> {
  const panels = page.locator('section.panel', { has: page.locator('.panel-foot') });
  const links = panels.locator('.panel-foot .links');
  const tables = links.locator('a[download], button');
  expect(await tables.count()).toBe(await links.count());
  for (const href of await links.locator('a[download]').evaluateAll(HREFS)) {
    const { statusCode, headers } = await world.app.inject({ url: href, headers: { 'x-api-key': key } });
    expect({ href, statusCode, type: headers['content-type'] }).toEqual({
      ...{ href, statusCode: 200, type: 'text/csv; charset=utf-8' },
    });
  }
}

const HREFS = (all: { getAttribute: (name: string) => string | null }[]): string[] =>
  all.map((one) => one.getAttribute('href') ?? '');
