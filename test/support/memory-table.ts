import type { EventState } from '../../src/usage/event.ts';
import { amend } from '../../src/store/amend.ts';
import type { Pricer, WriteBatch } from '../../src/store/store.ts';
import type { Snapshot } from '../../src/usage/snapshot.ts';
import { bucketKey, bucketOf } from '../../src/usage/snapshot.ts';

const unpriced: Pricer = () => ({ listMicros: null, cacheSavingsMicros: null });

/** The least table that `amend` can work on: for thousands of property runs without an engine. */
export class MemoryTable {
  readonly rows = new Map<bigint, EventState>();

  async write(events: readonly EventState[], price: Pricer = unpriced): Promise<void> {
    await this.writeBatch({ events }, price);
  }

  /** The closing records whose rows were not all there. */
  async writeBatch(
    batch: Pick<WriteBatch, 'events' | 'snapshots'>,
    price: Pricer = unpriced,
  ): Promise<readonly Snapshot[]> {
    const { remove, insert, incomplete } = await amend(
      batch,
      {
        byHash: async (hashes) => [...new Set(hashes)].flatMap((hash) => this.rows.get(hash) ?? []),
        byKeys: async (messages, calls) =>
          this.#where(
            (row) =>
              (row.messageKey !== null && messages.includes(row.messageKey)) ||
              row.callKeys.some((key) => calls.includes(key)),
          ),
        inBuckets: async (buckets) => {
          const wanted = new Set(buckets.map(bucketKey));
          return this.#where((row) => !row.derived && wanted.has(bucketKey(bucketOf(row))));
        },
      },
      price,
    );
    for (const row of remove) this.rows.delete(row.hash);
    for (const row of insert) {
      if (this.rows.has(row.hash)) throw new Error(`row ${row.id} inserted twice`);
      this.rows.set(row.hash, row);
    }
    return incomplete;
  }

  #where(matches: (row: EventState) => boolean): EventState[] {
    return [...this.rows.values()].filter(matches);
  }

  /** Content in a fixed order, comparable between tables. */
  content(): EventState[] {
    return [...this.rows.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  }
}
