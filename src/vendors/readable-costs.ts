import type { Reading } from './paging.ts';
import type { PartContext, Span } from './sync-part.ts';
import { VendorError } from './vendor-error.ts';

export interface UsageRead {
  reporter: string;
  span: Span;
  /** How many rows of usage the vendor shows. */
  rows: number;
}

/**
 * What was charged, where the key may see it: without, usage is still worth having. An empty answer about days that
 * were not empty is a fault of the vendor's: without charges, all waits for the next run; without usage, charges are
 * left alone too, so that the days stay as they are. @throws VendorError
 */
export async function readableCosts<Row>(
  costs: Promise<Reading<Row>>,
  { reporter, span, rows }: UsageRead,
  { storedOf }: Pick<PartContext, 'storedOf'>,
): Promise<Reading<Row> & { warnings: string[] }> {
  let reading: Reading<Row>;
  try {
    reading = await costs;
  } catch (error) {
    if (!(error instanceof VendorError) || (error.trouble !== 'forbidden' && error.trouble !== 'invalid')) throw error;
    return { rows: [], unreadable: 0, dateMs: null, warnings: [`what was charged is not known: ${error.message}`] };
  }
  if (rows > 0 && reading.rows.length > 0) return { ...reading, warnings: [] };
  const stored = await storedOf(reporter, span);
  if (rows === 0 && stored.used > 0) return { ...reading, rows: [], warnings: [] };
  if (rows > 0 && stored.charged > 0)
    throw new VendorError(`${reporter}: the vendor shows no charges for days that had some; all is kept`, 'moving');
  return { ...reading, warnings: [] };
}
