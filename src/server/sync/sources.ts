import { UsageError } from '../../errors.ts';
import { createPriceBook } from '../../usage/pricing.ts';
import { ANTHROPIC } from '../../vendors/anthropic/admin-api.ts';
import { anthropicParts } from '../../vendors/anthropic/parts.ts';
import { CURSOR } from '../../vendors/cursor/admin-api.ts';
import { cursorParts } from '../../vendors/cursor/parts.ts';
import { UsageReader } from '../../vendors/cursor/read-usage.ts';
import { noonOf } from '../../vendors/day-usage.ts';
import { GITHUB, graphqlPath } from '../../vendors/github/api.ts';
import { GithubReader } from '../../vendors/github/merged.ts';
import { githubParts } from '../../vendors/github/parts.ts';
import { OPENAI } from '../../vendors/openai/admin-api.ts';
import { openAiParts } from '../../vendors/openai/parts.ts';
import { RequestBudget } from '../../vendors/request-budget.ts';
import type { PartContext, SyncPart } from '../../vendors/sync-part.ts';
import { VendorApi } from '../../vendors/vendor-api.ts';
import type { VendorProfile } from '../../vendors/vendor-profile.ts';
import type { ConnectionSettings } from '../services/vendor-connections.ts';
import { cursorEvents } from './cursor-events.ts';
import type { Vendor } from './sync-run.ts';

const PROFILES: Readonly<Record<Vendor, VendorProfile>> = {
  anthropic: ANTHROPIC,
  openai: OPENAI,
  cursor: CURSOR,
  github: GITHUB,
};

/** Nobody waits for syncs. */
const LONGEST_WAIT_MS = 65 * 60_000;

/** What vendors are asked with. */
export interface VendorWorld {
  env: Readonly<Record<string, string | undefined>>;
  fetch: typeof fetch;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  now: () => number;
  /** Between 0 and 1. */
  random: () => number;
  /** How long one answer may take. */
  timeoutMs?: number;
  /** The longest that is waited inside one call; by default a limit of an hour is waited out. */
  longestWaitMs?: number;
}

/** @throws UsageError for a base address that no key may be sent to */
export function vendorApi(vendor: Vendor, apiKey: string, world: VendorWorld, signal: AbortSignal): VendorApi {
  const profile = PROFILES[vendor];
  const baseUrl = world.env[profile.variable];
  const sleep = (ms: number): Promise<void> => world.sleep(ms, signal);
  const { fetch, now, random, timeoutMs, longestWaitMs = LONGEST_WAIT_MS } = world;
  return new VendorApi(profile, {
    apiKey,
    ...(baseUrl ? { baseUrl } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    budget: new RequestBudget({ perMinute: profile.perMinute, now, sleep }),
    longestWaitMs,
    fetch,
    sleep,
    now,
    random,
    signal,
  });
}

export function githubReader(apiKey: string, world: VendorWorld, signal: AbortSignal): GithubReader {
  const api = vendorApi('github', apiKey, world, signal);
  return new GithubReader({ api, path: graphqlPath(world.env[GITHUB.variable] ?? GITHUB.url), now: world.now });
}

export interface SourceOptions {
  org: string;
  vendor: Vendor;
  apiKey: string;
  settings: ConnectionSettings;
  signal: AbortSignal;
  storedOf: PartContext['storedOf'];
}

/** What there is to read of a vendor. @throws UsageError for settings that are missing */
export function sourceOf(options: SourceOptions, world: VendorWorld): SyncPart[] {
  const { org, vendor, apiKey, settings, signal, storedOf } = options;
  const { now } = world;
  const context: PartContext = { org, now, valueOf, storedOf };
  switch (vendor) {
    case 'anthropic':
      return anthropicParts(vendorApi(vendor, apiKey, world, signal), context);
    case 'openai':
      return openAiParts(vendorApi(vendor, apiKey, world, signal), context);
    case 'cursor': {
      const api = vendorApi(vendor, apiKey, world, signal);
      const events = cursorEvents(new UsageReader(api), { org, tier: settings.tier ?? null, now });
      return [events, ...cursorParts(api)];
    }
    case 'github':
      return githubParts(githubReader(apiKey, world, signal), organizationsOf(settings), now);
  }
}

/** GitHub: whose pull requests to read. @throws UsageError where nobody is named */
export function organizationsOf({ organizations = [] }: ConnectionSettings): readonly string[] {
  if (organizations.length > 0) return organizations;
  throw new UsageError('GitHub: it is not known whose pull requests to read', {
    hint: 'Name the organisations in the connection, or in GITHUB_ORGANIZATIONS.',
  });
}

const prices = createPriceBook();

const valueOf: PartContext['valueOf'] = (usage) =>
  prices.listMicros({ ...usage, granularity: 'day', atMs: noonOf(usage.day) });
