import { anthropicConsole } from './anthropic-console.ts';
import { anthropicSpend } from './anthropic-spend.ts';
import { cursorUsage } from './cursor-usage.ts';
import type { CsvFormat } from './format.ts';
import { ownExport } from './own-export.ts';

/** A new kind of file is a file here and a row there. */
export const FORMATS: readonly CsvFormat[] = [ownExport, anthropicConsole, anthropicSpend, cursorUsage];
