import type { CallTable } from './call-table.ts';

/** A line that was read, by whichever way; its figures stand in a table of one row already. */
export interface LineSource {
  /** Adds who and where, which is only worked out for lines that lead their call. */
  describe(line: CallTable): void;
  /** Adds the place of its request id, which is only kept where it stands, and its hash. */
  addRequest(line: CallTable): void;
}

/** What a call's key is made of; the seeds of their hashes too. */
export const BY_MESSAGE = 1;
export const BY_REQUEST = 2;
export const BY_OTHER = 3;
