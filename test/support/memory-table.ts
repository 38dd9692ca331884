import type { EventState } from '../../src/usage/event.ts';
import { amend } from '../../src/store/amend.ts';
import type { Pricer } from '../../src/store/store.ts';

/** The least table that `amend` can work on: for thousands of property runs without an engine. */
export class MemoryTable {
  readonly rows = new Map<bigint, EventState>();

  async write(events: readonly EventState[], price: Pricer = () => null): Promise<void> {
    const all = (): EventState[] => [...this.rows.values()];
    const { remove, insert } = await amend(
      events,
      {
        byHash: async (hashes) => all().filter((row) => hashes.includes(row.hash)),
        byKeys: async (messages, calls) =>
          all().filter(
            (row) =>
              (row.messageKey !== null && messages.includes(row.messageKey)) ||
              (row.callKey !== null && calls.includes(row.callKey)),
          ),
      },
      price,
    );
    for (const row of remove) this.rows.delete(row.hash);
    for (const row of insert) {
      if (this.rows.has(row.hash)) throw new Error(`row ${row.id} inserted twice`);
      this.rows.set(row.hash, row);
    }
  }

  /** Content in a fixed order, comparable between tables. */
  content(): EventState[] {
    return [...this.rows.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  }
}
