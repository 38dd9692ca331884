import { pino } from 'pino';
import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import type { AppDependencies } from '../../src/server/app.ts';
import { createApp } from '../../src/server/app.ts';
import { ControlLog } from '../../src/server/services/control-log.ts';
import { Keys } from '../../src/server/services/keys.ts';
import type { Scope } from '../../src/server/services/keys.ts';
import { openDuckdb } from '../../src/store/duckdb/open.ts';
import type { Store } from '../../src/store/store.ts';
import { createPriceBook } from '../../src/usage/pricing.ts';
import { ownDirectory } from './temp-dir.ts';

export interface TestApp {
  app: FastifyInstance;
  store: Store;
  keys: Keys;
  /** A fresh key. */
  key: (scope: Scope, org?: string, email?: string) => Promise<string>;
  /** Everything logged so far. */
  log: () => string;
  directory: string;
}

const prices = createPriceBook();

export type TestAppOptions = Partial<
  Pick<AppDependencies, 'now' | 'maxBodyBytes' | 'bodyBudgetBytes' | 'bodyIdleMs' | 'front'>
> & {
  wrap?: (store: Store) => Store;
};

/** The whole server on a database of its own, without a port, for one test. */
export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { close, ...server } = await openApp(options);
  onTestFinished(close);
  return server;
}

/** The same for several tests, closed by the caller. */
export async function openApp(options: TestAppOptions = {}): Promise<TestApp & { close: () => Promise<void> }> {
  const { path: directory, remove } = ownDirectory();
  const { wrap = (store) => store, ...dependencies } = options;
  const real = await openDuckdb({ directory, price: (event) => prices.valuesOf(event) });
  const store = wrap(real);
  const log = new ControlLog(store);
  await log.load();
  const now = dependencies.now ?? Date.now;
  const keys = new Keys(log, now);
  const stream = new PassThrough();
  const lines: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => lines.push(chunk));
  const app = await createApp({
    store,
    keys,
    logger: pino({ level: 'trace' }, stream),
    now,
    version: '0.0.0',
    ...dependencies,
  });
  const close = async (): Promise<void> => {
    await app.close();
    await real.close();
    remove();
  };
  const key = async (scope: Scope, org = 'acme', email?: string): Promise<string> =>
    (await keys.create({ org, scope, email: email ?? null }, 'test')).key;
  return { app, store, keys, key, log: () => Buffer.concat(lines).toString(), directory, close };
}
