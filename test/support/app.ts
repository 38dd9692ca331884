import { pino } from 'pino';
import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import type { AppDependencies } from '../../src/server/app.ts';
import { createApp } from '../../src/server/app.ts';
import type { People, SignInSettings } from '../../src/server/people.ts';
import { openPeople } from '../../src/server/people.ts';
import type { Keys, Scope } from '../../src/server/services/keys.ts';
import type { VendorData } from '../../src/server/vendor-data.ts';
import { openVendorData } from '../../src/server/vendor-data.ts';
import { openDuckdb } from '../../src/store/duckdb/open.ts';
import type { Store } from '../../src/store/store.ts';
import { createPriceBook } from '../../src/usage/pricing.ts';
import { ownDirectory } from './temp-dir.ts';

export interface TestApp {
  app: FastifyInstance;
  store: Store;
  keys: Keys;
  people: People;
  vendors: VendorData;
  /** A fresh key. */
  key: (scope: Scope, org?: string, email?: string) => Promise<string>;
  /** The id of a fresh key. */
  keyId: (scope: Scope, org?: string, email?: string) => Promise<string>;
  /** Everything logged so far. */
  log: () => string;
  /** Whether a line of it has this, however long all of it is. */
  logHas: (text: string) => boolean;
  directory: string;
}

const prices = createPriceBook();

export type TestAppOptions = Partial<
  Pick<
    AppDependencies,
    | 'now'
    | 'fetch'
    | 'maxBodyBytes'
    | 'bodyBudgetBytes'
    | 'bodyIdleMs'
    | 'requestMs'
    | 'importPatienceMs'
    | 'maxImportBytes'
    | 'front'
  >
> & {
  wrap?: (store: Store) => Store;
  signIn?: SignInSettings;
  /** What vendors' keys and addresses are taken from. */
  vendorEnv?: Readonly<Record<string, string>>;
  vendorFetch?: typeof fetch;
};

const noNetwork: typeof fetch = () => Promise.reject(new Error('this test has no network'));

/** The whole server on a database of its own, without a port, for one test. */
export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { close, ...server } = await openApp(options);
  onTestFinished(close);
  return server;
}

/** The same for several tests, closed by the caller. */
export async function openApp(options: TestAppOptions = {}): Promise<TestApp & { close: () => Promise<void> }> {
  const { path: directory, remove } = ownDirectory();
  const { wrap = (store) => store, signIn = {}, vendorEnv = {}, vendorFetch = noNetwork, ...dependencies } = options;
  const real = await openDuckdb({ directory, price: (event) => prices.valuesOf(event) });
  const store = wrap(real);
  const now = dependencies.now ?? Date.now;
  const stream = new PassThrough();
  const lines: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => lines.push(chunk));
  const logger = pino({ level: 'trace' }, stream);
  const people = await openPeople({ store, logger, now, ...signIn });
  const { keys } = people;
  const vendors = openVendorData({
    ...{ store, people, logger, now, dataDirectory: directory },
    env: vendorEnv,
    fetch: vendorFetch,
  });
  const app = await createApp({
    store,
    people,
    vendors,
    logger,
    now,
    version: '0.0.0',
    ...dependencies,
  });
  const close = async (): Promise<void> => {
    await vendors.close();
    await app.close();
    await real.close();
    remove();
  };
  const key = async (scope: Scope, org = 'acme', email?: string): Promise<string> =>
    (await keys.create({ org, scope, email: email ?? null }, 'test')).key;
  const keyId = async (scope: Scope, org = 'acme', email?: string): Promise<string> =>
    (await keys.create({ org, scope, email: email ?? null }, 'test')).record.id;
  return {
    app,
    store,
    keys,
    people,
    vendors,
    key,
    keyId,
    log: () => Buffer.concat(lines).toString(),
    logHas: (text) => lines.some((line) => line.includes(text)),
    directory,
    close,
  };
}
