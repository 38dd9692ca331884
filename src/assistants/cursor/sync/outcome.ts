/** What a cycle did. `fetched` = `new` + `amended` + `duplicates` + rows that cannot be read. */
export interface Outcome {
  /** What was read; null where nothing was. */
  fromMs: number | null;
  /** Exclusive. */
  toMs: number | null;
  fetched: number;
  new: number;
  amended: number;
  /** Delivered before, and unchanged. */
  duplicates: number;
  /** Rows of changed hours, which go whole; acknowledged. */
  sent: number;
  /** Rows that did not reach the endpoint, or cannot be read. */
  failed: number;
}

export const noOutcome = (): Outcome => ({
  fromMs: null,
  toMs: null,
  fetched: 0,
  new: 0,
  amended: 0,
  duplicates: 0,
  sent: 0,
  failed: 0,
});
