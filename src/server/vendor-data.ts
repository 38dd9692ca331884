import { setTimeout as delay } from 'node:timers/promises';
import { Cron } from 'croner';
import type { FastifyBaseLogger } from 'fastify';
import type { SyncState } from '../reports/context.ts';
import type { Store } from '../store/store.ts';
import type { PullRequest } from '../usage/pull-request.ts';
import type { PartContext } from '../vendors/sync-part.ts';
import type { People } from './people.ts';
import { openSecretBox } from './services/secret-box.ts';
import type { SecretBox } from './services/secret-box.ts';
import type { ConnectionSettings } from './services/vendor-connections.ts';
import { VendorConnections, secretOf } from './services/vendor-connections.ts';
import type { CheckedAccess } from './sync/key-check.ts';
import { checkKey } from './sync/key-check.ts';
import type { VendorWorld } from './sync/sources.ts';
import { githubReader, sourceOf } from './sync/sources.ts';
import type { Vendor } from './sync/sync-run.ts';
import { storedReport } from './sync/stored-report.ts';
import { Syncs } from './sync/syncs.ts';
import { takeSeats } from './sync/take-seats.ts';

export interface VendorDataOptions {
  store: Store;
  people: Pick<People, 'log' | 'keys' | 'seats' | 'viewOf'>;
  logger: FastifyBaseLogger;
  now: () => number;
  /** Vendors' keys and addresses, CRON_SECRET, the encryption key. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where the encryption key is kept if the environment has none. */
  dataDirectory: string;
  /** Asks the vendors. */
  fetch: typeof fetch;
}

/** All that the server has of vendors: their keys, and the syncs of what they know. */
export interface VendorData {
  connections: VendorConnections;
  syncs: Syncs;
  /** Lets whoever has it start syncs; null: nobody. */
  cronSecret: string | null;
  /**
   * What a vendor lets a key read: the one given, else the one that is known; null where there is none.
   * @throws UsageError as `checkKey`, Failure for a stored key that cannot be decrypted
   */
  check: (org: string, vendor: Vendor, given: GivenConnection) => Promise<CheckedAccess[] | null>;
  /** A pull request with its commits, from GitHub; null where there is no token, or no such thing. */
  readPullRequest: (org: string, repository: string, number: number) => Promise<PullRequest | null>;
  /** As reports speak of it. */
  statesOf: (org: string) => SyncState[];
  /** Stops what runs. */
  close: () => Promise<void>;
}

/** What a connection is checked with in the place of what it has. */
export interface GivenConnection {
  apiKey?: string | undefined;
  settings?: ConnectionSettings | undefined;
}

export function openVendorData(options: VendorDataOptions): VendorData {
  const { store, people, logger, now, env, dataDirectory, fetch } = options;
  const { log, keys, seats, viewOf } = people;
  let box: Promise<SecretBox> | null = null;
  const connections = new VendorConnections({
    log,
    now,
    env,
    box: () => {
      box ??= openSecretBox(env.REVENIUM_ENCRYPTION_KEY, dataDirectory);
      box.catch(() => (box = null));
      return box;
    },
    firstOrganization: () => keys.organizations()[0] ?? null,
    organizations: () => keys.organizations(),
  });
  const world: VendorWorld = {
    ...{ env, fetch, now, random: Math.random },
    sleep: async (ms, signal) => {
      await delay(ms, undefined, { signal, ref: false }).catch(() => signal.throwIfAborted());
    },
  };
  const syncs = new Syncs({
    ...{ log, store, now, logger },
    partsOf: async (org, vendor, signal) => {
      const apiKey = await connections.keyOf(org, vendor);
      const { settings } = connections.find(org, vendor);
      if (apiKey === null) return null;
      const storedOf: PartContext['storedOf'] = (reporter, span) => storedReport(store, org, reporter, span);
      return sourceOf({ org, vendor, apiKey, settings, signal, storedOf }, world);
    },
    takeSeats: (org, holders) =>
      takeSeats(seats, org, holders, {
        personFor: viewOf(org).personFor,
        tier: connections.find(org, 'cursor').settings.tier,
        nowMs: now(),
      }),
    connected: () => connections.connected(),
  });
  const stop = new AbortController();
  return {
    connections,
    syncs,
    cronSecret: env.CRON_SECRET?.trim() ?? null,
    check: async (org, vendor, given) => {
      const apiKey = given.apiKey === undefined ? await connections.keyOf(org, vendor) : secretOf(given.apiKey);
      const settings = given.settings ?? connections.find(org, vendor).settings;
      return apiKey === null ? null : await checkKey({ vendor, apiKey, settings, signal: stop.signal }, world);
    },
    readPullRequest: async (org, repository, number) => {
      const token = await connections.keyOf(org, 'github');
      return token === null ? null : await githubReader(token, world, stop.signal).one(repository, number);
    },
    statesOf: (org) => statesOf(syncs, connections, org),
    close: async () => {
      stop.abort();
      await syncs.close();
    },
  };
}

function statesOf(syncs: Syncs, connections: VendorConnections, org: string): SyncState[] {
  return connections.list(org).flatMap(({ vendor, keyFrom }) => {
    if (keyFrom === null) return [];
    const ended = syncs.runs(org, [vendor]).filter(({ state }) => state !== 'running');
    const lastSuccessMs = ended.find(({ state }) => state === 'done')?.finishedMs ?? null;
    return [{ vendor, lastSuccessMs, lastError: ended[0]?.error ?? null }];
  });
}

/** Every ten minutes what is due is started: regular syncs at 06:00 UTC, and those that failed or were missed. */
export function scheduleSyncs({ syncs }: Pick<VendorData, 'syncs'>, logger: FastifyBaseLogger): { stop: () => void } {
  const start = (): void => {
    syncs.startDue().catch((err: unknown) => logger.error({ err }, 'syncs that are due were not started'));
  };
  const job = new Cron('*/10 * * * *', { timezone: 'UTC', unref: true }, start);
  // What was missed while no server ran.
  const soon = setTimeout(start, 60_000);
  soon.unref();
  return {
    stop: () => {
      job.stop();
      clearTimeout(soon);
    },
  };
}
