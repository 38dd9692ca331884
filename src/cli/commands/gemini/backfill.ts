import { backfillCommand } from '../backfill/run.ts';
import { geminiHistory } from './history-source.ts';

export const { run } = backfillCommand(geminiHistory);
