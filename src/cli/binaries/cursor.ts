import { UsageError } from '../../errors.ts';
import { tiersOf } from '../../usage/tiers.ts';
import type { BackfillOptions } from '../commands/cursor/backfill.ts';
import type { ResetOptions } from '../commands/cursor/reset.ts';
import type { ServiceCommandOptions } from '../commands/cursor/service.ts';
import type { SyncOptions } from '../commands/cursor/sync.ts';
import type { UninstallOptions } from '../commands/uninstall.ts';
import type { SetupOptions } from '../commands/setup/options.ts';
import type { Binary } from '../table.ts';
import { command } from '../table.ts';
import { SETUP_OPTIONS, statusRow, testRow, tierOption, uninstallRow } from './setup-rows.ts';

const load = async () => (await import('../../assistants/cursor/setup.ts')).cursorSetup;

function batchSize(text: string): number {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1 || size > 100) throw new UsageError(`"${text}" is no number from 1 to 100`);
  return size;
}

const insecure = { flags: '--insecure', text: 'let an address be plain http on another machine' };

export const cursor: Binary = {
  summary: 'Meter a Cursor team: read its usage from the Cursor Admin API and deliver it.',
  groups: { service: 'Keep "sync --watch" running by systemd, launchd or the Task Scheduler.' },
  commands: [
    command<SetupOptions>({
      name: 'setup',
      summary: 'Set this machine up: by questions in a terminal, by flags anywhere.',
      details:
        'Writes ~/.cursor/revenium/revenium.env, readable only by you; no shell profile is touched. Without a ' +
        'terminal, or with CI set, nothing is asked, and --cursor-api-key and --api-key are required.',
      options: {
        cursorApiKey: {
          flags: '--cursor-api-key <key>',
          text: 'Admin API key of the Cursor team (or CURSOR_API_KEY)',
        },
        apiKey: SETUP_OPTIONS.apiKey,
        email: { ...SETUP_OPTIONS.email, text: 'who has set this up (or REVENIUM_SUBSCRIBER_EMAIL)' },
        subscriptionTier: tierOption(
          '--subscription-tier <tier>',
          'the Cursor subscription of the team (or CURSOR_SUBSCRIPTION_TIER)',
          tiersOf('cursor'),
        ),
        endpoint: SETUP_OPTIONS.endpoint,
        organization: SETUP_OPTIONS.organization,
        product: SETUP_OPTIONS.product,
        syncInterval: { flags: '--sync-interval <minutes>', text: 'minutes between two syncs; default: 5' },
        dryRun: SETUP_OPTIONS.dryRun,
        skipCheck: SETUP_OPTIONS.skipCheck,
        insecure: SETUP_OPTIONS.insecure,
      },
      examples: [
        'revenium-cursor setup',
        'revenium-cursor setup --cursor-api-key crsr_… --api-key hak_acme_… --subscription-tier business',
        'revenium-cursor setup --cursor-api-key crsr_… --api-key hak_acme_… --sync-interval 15 --dry-run',
      ],
      load: async () => (await import('../commands/setup/run.ts')).setupCommand(await load()),
    }),
    statusRow('revenium-cursor', load, 'Looks at the env file, the server, both keys and the clock.'),
    testRow(
      'revenium-cursor',
      load,
      'Uses the endpoint and keys that setup has written; asks Cursor whether it takes its key.',
    ),
    command<SyncOptions>({
      name: 'sync',
      summary: 'Read new and revised usage from Cursor and deliver it: once, or for as long as it runs.',
      details:
        'Each cycle reads the last two hours again, each day the last two days, each week the last 35: Cursor revises ' +
        'recent rows. What could not be delivered is delivered by the next cycle. One sync works at a time; a lock ' +
        'left behind by a killed one is taken over after ten seconds. SIGHUP makes a watching sync read its settings ' +
        'again.',
      options: {
        watch: { flags: '-w, --watch', text: 'go on, at the interval that setup has written' },
        from: { flags: '--from <date>', text: 'read this range once: 7d, 2w, 1m or an ISO date; whole hours' },
        to: { flags: '--to <date>', text: 'its end, exclusive; default: now' },
        insecure,
      },
      examples: [
        'revenium-cursor sync',
        'revenium-cursor sync --watch',
        'revenium-cursor sync --from 2026-11-01 --to 2026-11-08 --json',
      ],
      load: () => import('../commands/cursor/sync.ts'),
    }),
    command<BackfillOptions>({
      name: 'backfill',
      summary: 'Deliver what lies before the first sync.',
      details:
        'Stopped and run again within a day, it goes on where it was. What was delivered before is not sent again.',
      options: {
        dryRun: { flags: '--dry-run', text: 'count what would be sent, and send nothing' },
        since: { flags: '--since <date>', text: '7d, 2w, 1m, 1y or an ISO date', fallback: '30d' },
        to: { flags: '--to <date>', text: 'its end, exclusive; default: now' },
        batchSize: {
          flags: '--batch-size <number>',
          text: 'records in one request, 1 to 100',
          fallback: 10,
          parse: batchSize,
        },
        insecure,
      },
      examples: [
        'revenium-cursor backfill --dry-run',
        'revenium-cursor backfill --since 3m --batch-size 100',
        'revenium-cursor backfill --since 2026-08-01 --to 2026-09-01 --json',
      ],
      load: () => import('../commands/cursor/backfill.ts'),
    }),
    command<ResetOptions>({
      name: 'reset',
      summary: 'Forget what was delivered, so that the next sync starts anew.',
      details: 'Shows what it forgets, and asks. Nothing is removed at the endpoint, and nothing counts twice.',
      options: { yes: { flags: '--yes', text: 'do not ask' } },
      examples: ['revenium-cursor reset', 'revenium-cursor reset --yes'],
      load: () => import('../commands/cursor/reset.ts'),
    }),
    command<ServiceCommandOptions>({
      name: 'service install',
      summary: 'Install and start the service; run again, it is renewed.',
      details: 'It reads keys and settings from the file that setup has written, and from nowhere else.',
      options: { insecure },
      examples: ['revenium-cursor service install'],
      load: async () => ({ run: (await import('../commands/cursor/service.ts')).install }),
    }),
    command<ServiceCommandOptions>({
      name: 'service status',
      summary: 'Say whether the service is installed and runs; exit 1 if not.',
      options: { insecure },
      examples: ['revenium-cursor service status', 'revenium-cursor service status --json'],
      load: async () => ({ run: (await import('../commands/cursor/service.ts')).status }),
    }),
    command<ServiceCommandOptions>({
      name: 'service uninstall',
      summary: 'Stop the service and remove it.',
      examples: ['revenium-cursor service uninstall'],
      load: async () => ({ run: (await import('../commands/cursor/service.ts')).uninstall }),
    }),
    command<UninstallOptions>({
      ...uninstallRow('revenium-cursor', load),
      details: 'What you have changed since stays changed. The service, if there is one, goes too.',
      load: async () => {
        const { uninstallWith } = await import('../commands/cursor/service.ts');
        const { uninstallCommand } = await import('../commands/uninstall.ts');
        const setup = await load();
        return { run: (options, context) => uninstallWith(uninstallCommand(setup), options, context) };
      },
    }),
  ],
};
