import { tiersOf } from '../../usage/tiers.ts';
import type { SetupOptions } from '../commands/setup/options.ts';
import type { Binary } from '../table.ts';
import { command } from '../table.ts';
import { SETUP_OPTIONS, statusRow, testRow, tierOption, uninstallRow } from './setup-rows.ts';

const load = async () => (await import('../../assistants/cursor/setup.ts')).cursorSetup;

export const cursor: Binary = {
  summary: 'Meter a Cursor team: read its usage from the Cursor Admin API and deliver it.',
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
    uninstallRow('revenium-cursor', load),
  ],
};
