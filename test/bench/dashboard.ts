/**
 * The dashboard over a server with many events, in a real browser on this machine: how long each page takes until it
 * can be used and until every panel has its figures, and whether the table of 2,000 people scrolls and sorts smoothly.
 *
 *     npm run bench:dashboard -- [--events 1000000] [--range 30d]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, settled, watchedPage } from '../support/browser.ts';
import { fill } from './fill.ts';
import { startServer } from './server-process.ts';

const { values: options } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, range: { type: 'string', default: '30d' } },
});
const events = Number(options.events);
const SOMEBODY = encodeURIComponent('email:dev7@acme.com');
const PAGES = [
  ...['/overview', '/users', `/user?id=${SOMEBODY}`, '/sessions', '/leaderboard', '/adoption', '/value', '/models'],
  ...['/patterns', '/data-quality', '/assistants/claude-code', '/assistants/cursor', '/assistants/gemini-cli'],
  ...['/overview?view=organization', '/start', '/alerts', '/settings', '/settings/people', '/settings/seats'],
  ...['/settings/identities', '/settings/imports', '/settings/connections', '/settings/targets', '/settings/audit'],
];

/** Notes when there is a page to use, when every panel has its figures, and what kept the browser busy. */
const WATCH = `
  window.seen = { interactive: null, settled: null, longest: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.seen.longest = Math.max(window.seen.longest, duration);
  }).observe({ type: 'longtask', buffered: true });
  (function look() {
    const { seen } = window;
    const heading = document.querySelector('main h1') !== null && document.querySelector('.shell') !== null;
    if (heading && seen.interactive === null) seen.interactive = performance.now();
    const busy = document.querySelector('[aria-busy="true"], .skeleton') !== null;
    if (heading && !busy) seen.settled ??= performance.now();
    else seen.settled = null;
    requestAnimationFrame(look);
  })();`;

interface Seen {
  interactive: number;
  settled: number;
  longest: number;
}

async function visit(page: Page, address: string): Promise<Seen> {
  await page.goto(address);
  await settled(page);
  // One more frame, in which the page itself has seen it.
  await page.waitForTimeout(50);
  return await page.evaluate<Seen>('window.seen');
}

const withRange = (address: string): string =>
  options.range === '30d' ? address : `${address}${address.includes('?') ? '&' : '?'}range=${options.range}`;
const cell = (ms: number): string => ms.toFixed(0).padStart(9);
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

async function measurePages(browser: Browser, url: string, key: string): Promise<void> {
  console.log('page                          first ms   again ms   usable ms   longest task ms');
  for (const address of PAGES.map(withRange)) {
    // A browser that has never been here, then the same page twice more from its cache.
    const { page, context } = await watchedPage(browser, { url, key });
    await page.addInitScript(WATCH);
    const first = await visit(page, address);
    const again = [await visit(page, address), await visit(page, address)];
    console.log(
      [
        decodeURIComponent(address).padEnd(28),
        cell(first.settled),
        cell(median(again.map((one) => one.settled))),
        cell(median(again.map((one) => one.interactive))).padStart(11),
        cell(Math.max(...again.map((one) => one.longest))).padStart(16),
      ].join(' '),
    );
    await context.close();
  }
}

/** Times between frames while something happens. */
const FRAMES = `
  window.frames = { times: [], going: true };
  (function next(before) {
    requestAnimationFrame((now) => {
      if (before !== null) window.frames.times.push(now - before);
      if (window.frames.going) next(now);
    });
  })(null);`;

async function framesDuring(page: Page, act: () => Promise<void>): Promise<number[]> {
  await page.evaluate(FRAMES);
  await act();
  await page.waitForTimeout(100);
  return await page.evaluate<number[]>('(window.frames.going = false, window.frames.times)');
}

const framesText = (times: readonly number[]): string => {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? NaN).toFixed(0);
  return `${times.length} frames, median ${at(0.5)} ms, 95 % under ${at(0.95)} ms, longest ${at(1)} ms`;
};

async function measurePeople(browser: Browser, url: string, key: string): Promise<void> {
  const { page, context } = await watchedPage(browser, { url, key });
  await page.goto('/users?range=90d');
  await settled(page);
  const rows = await page.locator('.table').first().getAttribute('aria-rowcount');
  console.log(`\n${Number(rows) - 1} people in the table, ${await page.locator('tbody tr').count()} rows drawn`);
  const box = await page.locator('.table-scroll').first().boundingBox();
  await page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + 200);
  const scrolled = await framesDuring(page, async () => {
    for (let i = 0; i < 60; i++) await page.mouse.wheel(0, 600);
  });
  console.log(`scrolling: ${framesText(scrolled)}`);
  for (const name of ['Tokens', 'Person', 'Cost']) {
    const button = page.getByRole('columnheader', { name }).getByRole('button');
    const sorted = await framesDuring(page, () => button.click());
    console.log(`sorting by ${name}: ${framesText(sorted)}`);
  }
  const typed = await framesDuring(page, () =>
    page.getByLabel('Search people').pressSequentially('dev19', { delay: 30 }),
  );
  console.log(`searching: ${framesText(typed)}`);
  await context.close();
}

const data = mkdtempSync(path.join(tmpdir(), 'revenium-bench-'));
const endMs = Date.now();
const first = await startServer(data);
const key = first.adminKey ?? '';
await first.stop();
await fill(data, events, endMs);
const server = await startServer(data, ['--rate-limit', '10000000']);
const browser = await openBrowser();
try {
  // What the server makes of its events once, when it is first asked.
  await fetch(`${server.url}/${server.org}/sessions/analytics/summary`, { headers: { 'x-api-key': key } });
  console.log(`${events} events stored, ${options.range}`);
  await measurePages(browser, server.url, key);
  await measurePeople(browser, server.url, key);
} finally {
  await browser.close();
  await server.stop();
  rmSync(data, { recursive: true, force: true });
}
