import { tiersOf } from '../../usage/tiers.ts';
import type { BackfillOptions } from '../commands/backfill/run.ts';
import type { ManagedSettingsOptions } from '../commands/managed-settings.ts';
import type { ExplainOptions } from '../commands/metering/explain.ts';
import type { ReconcileOptions } from '../commands/metering/reconcile.ts';
import type { SetupOptions } from '../commands/setup/options.ts';
import type { Binary } from '../table.ts';
import { command } from '../table.ts';
import { IMPORT_OPTIONS } from './import-rows.ts';
import { SETUP_OPTIONS, statusRow, testRow, tierOption, uninstallRow } from './setup-rows.ts';

const load = async () => (await import('../../assistants/claude-code/setup.ts')).claudeCodeSetup;

export const metering: Binary = {
  summary: 'Set up metering of Claude Code on this machine, check it, and import its history.',
  commands: [
    command<SetupOptions>({
      name: 'setup',
      summary: 'Set this machine up: by questions in a terminal, by flags anywhere.',
      details:
        'Writes ~/.claude/revenium.env, readable only by you, and one marked block in your shell profile that loads ' +
        'it. Run it again to change something; what you have added by hand stays. Without a terminal, or with CI ' +
        'set, nothing is asked and --api-key is required.',
      options: {
        apiKey: SETUP_OPTIONS.apiKey,
        email: SETUP_OPTIONS.email,
        tier: tierOption('-t, --tier <tier>', 'your Claude subscription', tiersOf('claude-code')),
        endpoint: SETUP_OPTIONS.endpoint,
        organization: SETUP_OPTIONS.organization,
        product: SETUP_OPTIONS.product,
        skipShellUpdate: SETUP_OPTIONS.skipShellUpdate,
        claudeSettings: {
          flags: '--claude-settings',
          text: 'write to ~/.claude/settings.json instead of a shell profile: reaches IDEs too',
        },
        shell: SETUP_OPTIONS.shell,
        dryRun: SETUP_OPTIONS.dryRun,
        skipCheck: SETUP_OPTIONS.skipCheck,
        insecure: SETUP_OPTIONS.insecure,
      },
      examples: [
        'revenium-metering setup',
        'revenium-metering setup --api-key hak_acme_… --email ada@acme.com --tier max_20x --organization "Acme Corp"',
        'revenium-metering setup --api-key hak_acme_… --endpoint http://localhost:4318 --dry-run',
        'revenium-metering setup --api-key hak_acme_… --claude-settings',
      ],
      load: async () => (await import('../commands/setup/run.ts')).setupCommand(await load()),
    }),
    statusRow(
      'revenium-metering',
      load,
      'Looks at the env file, the profile, the values that Claude Code really gets (this shell, its settings, managed ' +
        'settings), the server, the key, the clock, and the last event that has arrived from this machine.',
    ),
    testRow('revenium-metering', load, 'Uses the endpoint and key that setup has written.'),
    uninstallRow('revenium-metering', load),
    command<BackfillOptions>({
      name: 'backfill',
      summary: 'Import the calls that Claude Code and Cowork have written down on this machine, each once.',
      details:
        'Reads the session files and sends what the endpoint does not have yet: neither what live telemetry has ' +
        'delivered nor what an earlier import has is counted again. It may be stopped at any moment and run again. ' +
        'Sent are ids, times, models and token counts, and one word for the kind of work that each prompt was; ' +
        'no prompt, answer, code or path.',
      options: IMPORT_OPTIONS,
      examples: [
        'revenium-metering backfill --dry-run',
        'revenium-metering backfill',
        'revenium-metering backfill --since 2w --include-project',
        'revenium-metering backfill explain req_011CCKwDvzekDgLSEBCsd62i',
      ],
      load: () => import('../commands/metering/backfill.ts'),
    }),
    command<ExplainOptions>({
      name: 'backfill explain',
      summary: 'Tell which lines of which session files made a record, and why.',
      arguments: {
        id: { syntax: '<id>', text: "of a request (req_…), a message (msg_…), a line, or a record's transaction id" },
      },
      examples: ['revenium-metering backfill explain req_011CCKwDvzekDgLSEBCsd62i'],
      load: () => import('../commands/metering/explain.ts'),
    }),
    command<ReconcileOptions>({
      name: 'reconcile',
      summary: 'Compare what the session files hold with what the server has, by day and session.',
      details:
        'Says of each call in the files whether the server has it by live telemetry, by an import, by both or not at ' +
        'all, and whether the figures are the same. Telemetry of clients before 2.1.112 names no call: it is only ' +
        'found once a backfill has been matched with it. Needs a Revenium server.',
      options: { since: IMPORT_OPTIONS.since, to: IMPORT_OPTIONS.to, insecure: IMPORT_OPTIONS.insecure },
      examples: ['revenium-metering reconcile --since 7d', 'revenium-metering reconcile --json | jq .total'],
      load: () => import('../commands/metering/reconcile.ts'),
    }),
    command<ManagedSettingsOptions>({
      name: 'managed-settings',
      summary: 'Print the settings by which an organisation meters everybody.',
      details:
        'For the Claude admin console (Claude Code) and the monitoring page of Cowork, instead of a setup on every ' +
        'machine. Changes nothing.',
      options: {
        apiKey: { ...SETUP_OPTIONS.apiKey, text: 'key of scope ingest to put in (or REVENIUM_API_KEY)' },
        endpoint: SETUP_OPTIONS.endpoint,
        organization: SETUP_OPTIONS.organization,
        product: SETUP_OPTIONS.product,
        insecure: SETUP_OPTIONS.insecure,
      },
      examples: [
        'revenium-metering managed-settings --api-key hak_acme_… --organization "Acme Corp"',
        'revenium-metering managed-settings --json | jq .managedSettings',
      ],
      load: () => import('../commands/managed-settings.ts'),
    }),
  ],
};
