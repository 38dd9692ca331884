import type { ExportOptions } from '../commands/server/export.ts';
import type { ImportOptions } from '../commands/server/import.ts';
import type { CommandRow, OptionRow } from '../table.ts';
import { command } from '../table.ts';

type Connection = Readonly<Record<'endpoint' | 'apiKey' | 'data' | 'insecure' | 'org', OptionRow>>;

/** Files in and out of the running server. */
export const importExportRows = (connection: Connection): CommandRow[] => [
  command<ImportOptions>({
    name: 'import',
    summary: 'Import a CSV file: of Cursor, of Anthropic, or of our own export.',
    details:
      'What kind of file it is, its header tells. Good rows are taken, bad ones listed by line, and exit is then 1. ' +
      'Importing it again changes nothing; rows that came by an API are the same rows.',
    arguments: { file: { syntax: '<file>', text: 'the file as it was exported; - for standard input' } },
    options: {
      dryRun: { flags: '--dry-run', text: 'say what would be imported, and import nothing' },
      user: {
        flags: '--user <email>',
        text: "whose usage it is, for files that name nobody (Cursor's personal export)",
      },
      from: { flags: '--from <date>', text: "first day of totals without days (Claude's spend report)" },
      to: { flags: '--to <date>', text: 'the first day after them' },
      tier: { flags: '--tier <tier>', text: 'the Cursor subscription of the rows' },
      ...connection,
    },
    examples: [
      'revenium-server import usage-events.csv --dry-run',
      'revenium-server import usage-events.csv',
      'revenium-server import spend-report.csv --from 2026-11-19 --to 2026-11-20',
    ],
    load: () => import('../commands/server/import.ts'),
  }),
  command<ExportOptions>({
    name: 'export',
    summary: 'Print the stored events as CSV, in the form that import reads back.',
    details: 'Every event as it was observed, those too that count under another id. Reports have a CSV of their own.',
    options: {
      from: { flags: '--from <date>', text: 'first day (UTC); default: from the beginning' },
      to: { flags: '--to <date>', text: 'the first day not exported; default: to the end' },
      output: { flags: '--output <file>', text: 'where to write; default: standard output' },
      ...connection,
    },
    examples: [
      'revenium-server export --from 2026-11-01 --to 2026-12-01 --output november.csv',
      'revenium-server export | gzip > events.csv.gz',
    ],
    load: () => import('../commands/server/export.ts'),
  }),
];
