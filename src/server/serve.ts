import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { Failure } from '../errors.ts';
import { StoreUnavailable } from '../store/store.ts';
import { createApp } from './app.ts';
import type { FrontOptions } from './front.ts';
import { announceServer, withdrawServer } from './data-directory.ts';
import { openStore, unusable } from './open-store.ts';
import { keepOnly } from './retention.ts';
import type { SignInSettings } from './people.ts';
import { keepUp, openPeople } from './people.ts';
import type { Keys } from './services/keys.ts';
import type { VendorData, VendorDataOptions } from './vendor-data.ts';
import { openVendorData, scheduleSyncs } from './vendor-data.ts';

export interface ServeOptions {
  host: string;
  /** 0 picks a free one. */
  port: number;
  dataDirectory: string;
  /** Of a database outside; without one the embedded database in the directory is used. */
  databaseUrl?: string | null;
  /** The most memory that the embedded database takes, such as `2GB`. */
  memory?: string;
  /** Days that usage is kept; for ever without. */
  retentionDays?: number;
  logger: FastifyBaseLogger;
  now: () => number;
  version: string;
  pid: number;
  front?: FrontOptions;
  signIn?: SignInSettings;
  /** Where vendors' keys are, and how vendors are asked; without it nothing is read from them. */
  vendors?: Pick<VendorDataOptions, 'env' | 'fetch'>;
}

export interface RunningServer {
  url: string;
  /** The organisation of this server's first start. */
  org: string;
  /** Of the first start only: it is kept nowhere. */
  adminKey: string | null;
  /** Answers what is in flight, refuses the rest with 503, closes the store. */
  close: () => Promise<void>;
}

const FIRST_ORGANIZATION = 'default';

/** Opens the store and the port. @throws Failure with what to do */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { host, port, dataDirectory, databaseUrl = null, logger, now, version, pid, front = {}, signIn = {} } = options;
  const { memory, retentionDays } = options;
  const store = await openStore({ dataDirectory, databaseUrl, ...(memory !== undefined && { memory }) }, logger);
  let app: FastifyInstance | null = null;
  let vendors: VendorData | null = null;
  try {
    const people = await openPeople({ store, logger, now, ...signIn });
    const { keys } = people;
    if (options.vendors) vendors = openVendorData({ store, people, logger, now, dataDirectory, ...options.vendors });
    const fetch = options.vendors?.fetch;
    app = await createApp({
      store,
      people,
      ...(vendors && { vendors }),
      ...(fetch && { fetch }),
      logger,
      now,
      version,
      front,
    });
    const url = await app.listen({ host, port }).catch((error: unknown) => refusePort(error, host, port));
    // Only once the port is ours: the key is shown by this start, or never.
    const adminKey = await firstStart(keys);
    const org = keys.organizations()[0] ?? FIRST_ORGANIZATION;
    await announceServer(dataDirectory, { url, key: keys.grantLocal(org), pid }).catch((err: unknown) =>
      // A full disk must not keep a server from answering what is stored.
      logger.error({ err }, 'commands on this machine will not find this server by its data directory'),
    );
    const running = app;
    const stopKeepingUp = keepUp(people, logger);
    const stopForgetting = retentionDays === undefined ? null : keepOnly(retentionDays, { store, now, logger });
    const schedule = vendors && scheduleSyncs(vendors, logger);
    const reading = vendors;
    const close = async (): Promise<void> => {
      stopKeepingUp();
      stopForgetting?.();
      schedule?.stop();
      await reading?.close();
      await withdrawServer(dataDirectory).catch((err: unknown) => logger.warn({ err }, 'server.json stays behind'));
      await running.close();
      await store.close();
    };
    return { url, org, adminKey, close };
  } catch (error) {
    await vendors?.close();
    await app?.close();
    await store.close();
    throw error instanceof StoreUnavailable ? unusable(error, databaseUrl) : error;
  }
}

/** The key of the first start is the operator's: it may act for every organisation of this server. */
async function firstStart(keys: Keys): Promise<string | null> {
  if (keys.organizations().length > 0) return null;
  return await keys.found({ org: FIRST_ORGANIZATION, scope: 'admin', operator: true }, 'server');
}

function refusePort(cause: unknown, host: string, port: number): never {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    throw new Failure(`port ${port} is taken on ${host}`, {
      cause,
      hint: 'Choose another with --port, or --port 0 for any free one.',
    });
  throw new Failure(`cannot listen on ${host}:${port}: ${message}`, { cause });
}
