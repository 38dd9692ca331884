import { backfillCommand } from '../backfill/run.ts';
import { claudeHistory } from './history-source.ts';

export const { run } = backfillCommand(claudeHistory);
