import type { FastifyBaseLogger } from 'fastify';
import type { Store } from '../store/store.ts';
import { utcDay } from '../usage/days.ts';

const HOUR_MS = 3_600_000;

/**
 * Removes what is older than so many days: now, and then every hour, so that each day goes soon after it is over.
 * The function returned ends that.
 */
export function keepOnly(
  days: number,
  { store, now, logger }: { store: Store; now: () => number; logger: Pick<FastifyBaseLogger, 'warn'> },
): () => void {
  const forget = (): void =>
    void store
      .forgetBefore?.(utcDay(now()) - days)
      .catch((err: unknown) => logger.warn({ err }, 'what is too old could not be removed; it will be tried again'));
  forget();
  const timer = setInterval(forget, HOUR_MS);
  timer.unref();
  return () => clearInterval(timer);
}
