import type { Reading } from './paging.ts';
import { VendorError } from './vendor-error.ts';

/** What was charged, where the key may see it: without, usage is still worth having. @throws VendorError */
export async function readableCosts<Row>(costs: Promise<Reading<Row>>): Promise<Reading<Row> & { warnings: string[] }> {
  try {
    return { ...(await costs), warnings: [] };
  } catch (error) {
    if (!(error instanceof VendorError) || (error.trouble !== 'forbidden' && error.trouble !== 'invalid')) throw error;
    return { rows: [], unreadable: 0, dateMs: null, warnings: [`what was charged is not known: ${error.message}`] };
  }
}
