import { UsageError } from '../../errors.ts';
import type { OptionRow } from '../table.ts';

const LARGEST_BATCH = 1000;

function batchSize(value: string): number {
  const size = Number(value);
  if (Number.isInteger(size) && size >= 1 && size <= LARGEST_BATCH) return size;
  throw new UsageError(`a whole number from 1 to ${LARGEST_BATCH}`);
}

/** Options of importing a history, the same for every assistant. */
export const IMPORT_OPTIONS = {
  dryRun: { flags: '--dry-run', text: 'show what would be sent, by day, model and project, and send nothing' },
  since: { flags: '--since <when>', text: 'only calls from then on: 7d, 2w, 1m, 1y, or an ISO date' },
  to: { flags: '--to <when>', text: 'only calls before then: an ISO date' },
  batchSize: { flags: '--batch-size <records>', text: 'records in one request', fallback: 100, parse: batchSize },
  checkpoint: { flags: '--no-checkpoint', text: 'send everything, whether or not it was delivered before' },
  includeProject: {
    flags: '--include-project',
    text: "send the name of each call's project (its folder's name) too",
  },
  insecure: { flags: '--insecure', text: 'let REVENIUM_ENDPOINT be plain http on another machine' },
} as const satisfies Record<string, OptionRow>;
