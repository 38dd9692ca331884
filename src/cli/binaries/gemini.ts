import type { BackfillOptions } from '../commands/backfill/run.ts';
import type { SetupOptions } from '../commands/setup/options.ts';
import type { Binary } from '../table.ts';
import { command } from '../table.ts';
import { IMPORT_OPTIONS } from './import-rows.ts';
import { SETUP_OPTIONS, statusRow, testRow, uninstallRow } from './setup-rows.ts';

const load = async () => (await import('../../assistants/gemini-cli/setup.ts')).geminiCliSetup;

export const gemini: Binary = {
  summary: 'Set up metering of Gemini CLI on this machine, check it, and import its history.',
  commands: [
    command<SetupOptions>({
      name: 'setup',
      summary: 'Set this machine up: by questions in a terminal, by flags anywhere.',
      details:
        'Writes ~/.gemini/revenium.env, readable only by you, and one marked block in your shell profile that loads ' +
        'it. Prompts are not sent. Run it again to change something; what you have added by hand stays. Without a ' +
        'terminal, or with CI set, nothing is asked and --api-key is required.',
      options: {
        apiKey: SETUP_OPTIONS.apiKey,
        email: SETUP_OPTIONS.email,
        endpoint: SETUP_OPTIONS.endpoint,
        organization: SETUP_OPTIONS.organization,
        product: SETUP_OPTIONS.product,
        skipShellUpdate: SETUP_OPTIONS.skipShellUpdate,
        shell: SETUP_OPTIONS.shell,
        dryRun: SETUP_OPTIONS.dryRun,
        skipCheck: SETUP_OPTIONS.skipCheck,
        insecure: SETUP_OPTIONS.insecure,
      },
      examples: [
        'revenium-gemini setup',
        'revenium-gemini setup --api-key hak_acme_… --email ada@acme.com --organization "Acme Corp"',
        'revenium-gemini setup --api-key hak_acme_… --shell fish --dry-run',
      ],
      load: async () => (await import('../commands/setup/run.ts')).setupCommand(await load()),
    }),
    statusRow(
      'revenium-gemini',
      load,
      'Looks at the env file, the profile, the values that this shell really has, the server, the key and the clock.',
    ),
    testRow('revenium-gemini', load, 'Uses the endpoint and key that setup has written.'),
    command<BackfillOptions>({
      name: 'backfill',
      summary: 'Import the calls that Gemini CLI has written down on this machine, each once.',
      details:
        'Reads the chat files in ~/.gemini/tmp and sends what the endpoint does not have yet; the server finds the ' +
        'calls that live telemetry has delivered among them. It may be stopped at any moment and run again. Sent are ' +
        'ids, times, models and token counts; no prompt, answer, code or path.',
      options: IMPORT_OPTIONS,
      examples: ['revenium-gemini backfill --dry-run', 'revenium-gemini backfill --since 2w'],
      load: () => import('../commands/gemini/backfill.ts'),
    }),
    uninstallRow('revenium-gemini', load),
  ],
};
