import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** The system's Chromium, told not to talk to anybody but the pages' own server. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });

export interface WatchedPage {
  page: Page;
  context: BrowserContext;
  /** What went wrong in the page so far: errors of scripts, breaches of the policy, requests to other hosts. */
  faults: string[];
}

export interface PageOptions {
  url: string;
  width?: number;
  height?: number;
  theme?: 'light' | 'dark';
  /** Sent with every request, in the place of signing in. */
  key?: string;
  /** What the page takes for now, ms UTC. */
  nowMs?: number;
}

/** The date stands still, the clock that React measures its work with goes on: Playwright's would stop both. */
function standDate(nowMs: number): void {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [nowMs] : given) as [number]));
    }
    static override now = () => nowMs;
  } as DateConstructor;
}

/** A fresh context, so a browser that nobody has signed in with yet. */
export async function watchedPage(browser: Browser, options: PageOptions): Promise<WatchedPage> {
  const { url, width = 1280, height = 900, theme = 'light', key, nowMs } = options;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    ...(key === undefined ? {} : { extraHTTPHeaders: { 'x-api-key': key } }),
  });
  const page = await context.newPage();
  if (nowMs !== undefined) await page.addInitScript(standDate, nowMs);
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(`script: ${message}`));
  page.on('console', (message) => {
    // An answer that was refused is no fault of the page, and tests ask for some.
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(url).host) faults.push(`request to ${request.url()}`);
  });
  return { page, context, faults };
}

const SETTLED = `document.querySelector('h1') !== null &&
  document.querySelector('[aria-busy="true"], .skeleton') === null`;
const PATIENCE_MS = 60_000;
const STEP_MS = 50;

/** Every panel of the page has its figures, or says why not. */
export async function settled(page: Page): Promise<void> {
  // By the debugger: what waits inside the page would need `unsafe-eval`.
  for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
    if ((await page.evaluate(SETTLED)) === true) return;
    await page.waitForTimeout(STEP_MS);
  }
  throw new Error(`${page.url()} did not settle`);
}
