import type { BackupOptions } from '../commands/server/backup.ts';
import type { RestoreCommandOptions } from '../commands/server/restore.ts';
import type { CommandRow, OptionRow } from '../table.ts';
import { command } from '../table.ts';

type Connection = Readonly<Record<'endpoint' | 'apiKey' | 'data' | 'insecure', OptionRow>>;

/** The embedded database as one file, out of and into a data directory. */
export const backupRows = ({ endpoint, apiKey, data, insecure }: Connection): CommandRow[] => [
  command<BackupOptions>({
    name: 'backup',
    summary: "Write the running server's database into one file.",
    details:
      'All organisations, as they are at one moment; the server goes on meanwhile. The file holds the hashes of keys, ' +
      "and who did what: only its owner can read it. Needs the operator's key, or the machine of the server.",
    arguments: { file: { syntax: '<file>', text: 'a file that does not exist yet' } },
    options: { endpoint, apiKey, data, insecure },
    examples: ['revenium-server backup revenium.backup', 'revenium-server backup /mnt/backups/revenium-2026-11-20'],
    load: () => import('../commands/server/backup.ts'),
  }),
  command<RestoreCommandOptions>({
    name: 'restore',
    summary: 'Put a backup in a data directory that no server is running from.',
    details: 'The backup is checked first. What was there is never removed: with --replace it is renamed.',
    arguments: { file: { syntax: '<file>', text: 'what `backup` has written' } },
    options: {
      data: { flags: '--data <dir>', text: 'where the database is kept' },
      replace: { flags: '--replace', text: 'put the database that is there aside' },
    },
    examples: [
      'revenium-server restore revenium.backup',
      'revenium-server restore revenium.backup --data /var/lib/revenium --replace',
    ],
    load: () => import('../commands/server/restore.ts'),
  }),
];
