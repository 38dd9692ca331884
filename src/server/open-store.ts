import type { FastifyBaseLogger } from 'fastify';
import { Failure, UsageError } from '../errors.ts';
import type { Pricer, Store } from '../store/store.ts';
import { StoreUnavailable } from '../store/store.ts';
import { createPriceBook } from '../usage/pricing.ts';

export interface StorePlace {
  /** Of the embedded database. */
  dataDirectory: string;
  /** Of a database that several servers share; null for the embedded one. */
  databaseUrl: string | null;
  /** The most memory that the embedded database takes, such as `2GB`. */
  memory?: string;
}

/** Opens the database, with the one engine that it takes. @throws Failure with what to do */
export async function openStore(place: StorePlace, logger: FastifyBaseLogger): Promise<Store> {
  const { databaseUrl } = place;
  const prices = createPriceBook();
  const price: Pricer = (event) => prices.valuesOf(event);
  if (databaseUrl === null) return await openEmbedded(place, price, logger);
  const { isClickhouse, openClickhouse } = await import('../store/clickhouse/open.ts');
  if (!isClickhouse(databaseUrl))
    throw new UsageError('the database URL is for no database that is known here', {
      hint: 'Write clickhouse://user:password@host:8123/database, or leave it out for the embedded one.',
    });
  return await openClickhouse({ url: databaseUrl, price });
}

async function openEmbedded(place: StorePlace, price: Pricer, logger: FastifyBaseLogger): Promise<Store> {
  const { dataDirectory: directory, memory } = place;
  const [{ openDuckdb }, { DatabaseInUse }, { ForeignDatabase }] = await Promise.all([
    import('../store/duckdb/open.ts'),
    import('../store/duckdb/database.ts'),
    import('../store/duckdb/schema.ts'),
  ]);
  try {
    return await openDuckdb({
      directory,
      price,
      warn: (message, err) => logger.error({ err }, message),
      ...(memory !== undefined && { memoryLimit: memory }),
    });
  } catch (cause) {
    if (cause instanceof ForeignDatabase) {
      throw new Failure(`${directory}: ${cause.message}`, {
        cause,
        hint: 'Choose another directory with --data, use the release that wrote this one, or restore a backup.',
      });
    }
    if (cause instanceof DatabaseInUse) {
      throw new Failure(cause.message, {
        cause,
        hint: 'Is another revenium-server using this directory? Stop it, or choose another with --data.',
      });
    }
    throw cause instanceof StoreUnavailable ? unusable(cause, null) : cause;
  }
}

/** What a database that gave up while the server was starting comes to. */
export const unusable = (cause: StoreUnavailable, databaseUrl: string | null): Failure =>
  new Failure(cause.message, {
    cause,
    hint:
      databaseUrl === null
        ? 'Choose another directory with --data, or make this one readable and writable for this user.'
        : 'Is the database running, with all of its shards?',
  });
