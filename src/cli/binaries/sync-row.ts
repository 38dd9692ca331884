import type { VendorSyncOptions } from '../commands/server/sync.ts';
import { UsageError } from '../../errors.ts';
import type { CommandRow, OptionRow } from '../table.ts';
import { command } from '../table.ts';

type Connection = Readonly<Record<'endpoint' | 'apiKey' | 'data' | 'insecure' | 'org', OptionRow>>;

function days(text: string): number {
  const number = Number(text);
  if (!/^\d{1,4}$/.test(text) || number < 1 || number > 3650)
    throw new UsageError(`"${text}" is no number of days; write 1 to 3650`);
  return number;
}

/** What a vendor knows, into the running server. */
export const syncRow = (connection: Connection): CommandRow =>
  command<VendorSyncOptions>({
    name: 'sync',
    summary: "Read a vendor's usage into the running server: anthropic, openai, cursor or github.",
    details:
      'The server reads with the key it was given in the settings, or in its environment (ANTHROPIC_ADMIN_API_KEY, ' +
      'OPENAI_ORG_API_KEY, CURSOR_ADMIN_API_KEY, GITHUB_TOKEN), and does so by itself each day at 06:00 UTC. Days are ' +
      'replaced, never added up: a sync may be repeated, and one that was stopped goes on.',
    arguments: { vendor: { syntax: '<vendor>', text: 'anthropic, openai, cursor or github' } },
    options: {
      from: { flags: '--from <date>', text: 'first day (UTC)' },
      to: { flags: '--to <date>', text: 'the first day that is not read; default: up to now' },
      days: { flags: '--days <number>', text: 'without --from: how many days back', fallback: 30, parse: days },
      ...connection,
    },
    examples: [
      'revenium-server sync anthropic',
      'revenium-server sync cursor --days 90',
      'revenium-server sync github --from 2026-11-01 --to 2026-11-15 --json',
    ],
    load: () => import('../commands/server/sync.ts'),
  });
