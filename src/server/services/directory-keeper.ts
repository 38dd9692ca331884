import type { FastifyBaseLogger } from 'fastify';
import type { Store } from '../../store/store.ts';
import { StoreUnavailable } from '../../store/store.ts';
import { directoryOf } from '../roster/directory.ts';
import type { ControlLog } from './control-log.ts';
import type { RosterView } from './roster-view.ts';

/** Kinds of records that say who is who. */
const KINDS = new Set(['member', 'team', 'mapping', 'merge']);

export interface DirectoryDependencies {
  store: Pick<Store, 'replaceDirectory'>;
  log: ControlLog;
  viewOf: (org: string) => RosterView;
  logger: Pick<FastifyBaseLogger, 'warn'>;
}

/** Keeps the store's directory of people as the roster and the mappings have it. */
export class DirectoryKeeper {
  readonly #dependencies: DirectoryDependencies;
  /** How much of an organisation's log the directory stands for. */
  readonly #written = new Map<string, number>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(dependencies: DirectoryDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Resolves once the directory has all that the log holds now. While storage is out of reach it resolves too, and
   * the next refresh makes up for it: what was administered is kept in either case.
   */
  refresh(org: string): Promise<void> {
    const before = this.#running.get(org) ?? Promise.resolve();
    const run = before.then(() => this.#bring(org));
    this.#running.set(org, run);
    return run;
  }

  async refreshAll(): Promise<void> {
    for (const org of this.#dependencies.log.entities('organization')) await this.refresh(org);
  }

  async #bring(org: string): Promise<void> {
    const { store, log, viewOf, logger } = this.#dependencies;
    const records = log.records(org);
    const revision = records.length;
    const news = records.slice(this.#written.get(org) ?? 0);
    if (!news.some(({ kind }) => KINDS.has(kind))) return;
    try {
      await store.replaceDirectory(org, directoryOf(viewOf(org)));
      this.#written.set(org, revision);
    } catch (err) {
      if (!(err instanceof StoreUnavailable)) throw err;
      logger.warn({ err, org }, 'the directory of people will be written as soon as storage can take it');
    }
  }
}
