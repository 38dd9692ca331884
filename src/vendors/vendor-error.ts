import { Failure } from '../errors.ts';

/**
 * `unauthorized` and `forbidden` ask for a person; `limited`, `away`, `malformed`, `moving` (rows came or went while
 * they were read) and `expired` (a page's cursor did) pass by themselves; `invalid` is for a request that will never do.
 */
export type VendorTrouble =
  'unauthorized' | 'forbidden' | 'limited' | 'invalid' | 'away' | 'malformed' | 'moving' | 'expired';

const PASSING: readonly VendorTrouble[] = ['limited', 'away', 'malformed', 'moving', 'expired'];

interface VendorErrorOptions {
  hint?: string;
  cause?: unknown;
  /** How long the vendor asks to wait. */
  retryAfterMs?: number | null;
}

/** What came of asking a vendor, where it was not an answer. */
export class VendorError extends Failure {
  readonly trouble: VendorTrouble;
  readonly retryAfterMs: number | null;

  constructor(message: string, trouble: VendorTrouble, options: VendorErrorOptions = {}) {
    const { retryAfterMs = null, ...rest } = options;
    super(message, { ...rest, retryable: PASSING.includes(trouble) });
    this.trouble = trouble;
    this.retryAfterMs = retryAfterMs;
  }
}

/** An answer that is not what the vendor's documentation says. */
export const malformed = (vendor: string, what: string, cause?: unknown): VendorError =>
  new VendorError(`${vendor}'s answer cannot be used: ${what}`, 'malformed', { cause });
