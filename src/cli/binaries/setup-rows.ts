import { SHELL_NAMES } from '../../setup/shells.ts';
import type { Tier } from '../../usage/tiers.ts';
import type { AssistantSetup } from '../../setup/assistant-setup.ts';
import type { UninstallOptions } from '../commands/uninstall.ts';
import type { CommandRow, CommonOptions, OptionRow } from '../table.ts';
import { command } from '../table.ts';

/** Options that several `setup` commands have. */
export const SETUP_OPTIONS = {
  apiKey: { flags: '-k, --api-key <key>', text: 'key of the metering endpoint (or REVENIUM_API_KEY)' },
  email: {
    flags: '-e, --email <address>',
    text: 'whom usage is put down to (or REVENIUM_SUBSCRIBER_EMAIL); default: the login of the assistant',
  },
  endpoint: {
    flags: '--endpoint <url>',
    text: 'where usage is sent (or REVENIUM_ENDPOINT); default: https://api.revenium.ai',
  },
  organization: {
    flags: '-o, --organization <name>',
    text: 'organisation or department, for reports (or REVENIUM_ORGANIZATION_NAME)',
  },
  product: { flags: '-p, --product <name>', text: 'product or project, for reports (or REVENIUM_PRODUCT_NAME)' },
  skipShellUpdate: { flags: '--skip-shell-update', text: 'leave shell profiles alone; print the line to add' },
  shell: {
    flags: '--shell <shell>',
    text: 'the shell to set up; default: the one this is run from, and the login shell',
    choices: SHELL_NAMES,
  },
  dryRun: { flags: '--dry-run', text: 'show what would be written as a diff, and write nothing' },
  skipCheck: { flags: '--skip-check', text: 'do not ask the endpoint whether it takes the key' },
  insecure: { flags: '--insecure', text: 'let the endpoint be plain http on another machine' },
} as const satisfies Record<string, OptionRow>;

export const tierOption = (flags: string, text: string, tiers: readonly Tier[]): OptionRow => ({
  flags,
  text,
  choices: tiers.map(({ id }) => id),
});

type LoadSetup = () => Promise<AssistantSetup>;

/** `status`, `test` and `uninstall`, which are the same for every assistant. */
export function statusRow(binary: string, load: LoadSetup, details: string): CommandRow {
  return command<CommonOptions>({
    name: 'status',
    summary: 'Check everything that metering depends on; exit 1 if something is wrong.',
    details,
    examples: [`${binary} status`, `${binary} status --json`],
    load: async () => (await import('../commands/status/run.ts')).statusCommand(await load()),
  });
}

export function testRow(binary: string, load: LoadSetup, details: string): CommandRow {
  return command<CommonOptions>({
    name: 'test',
    summary: 'Send one test record and read it back; it is in no report.',
    details,
    examples: [`${binary} test`, `${binary} test --json`],
    load: async () => (await import('../commands/test.ts')).testCommand(await load()),
  });
}

export function uninstallRow(binary: string, load: LoadSetup): CommandRow {
  return command<UninstallOptions>({
    name: 'uninstall',
    summary: 'Put every file back as it was before setup.',
    details: 'What you have changed since stays changed; only what setup has written goes.',
    options: { dryRun: { flags: '--dry-run', text: 'show what would be put back as a diff, and change nothing' } },
    examples: [`${binary} uninstall`, `${binary} uninstall --dry-run`],
    load: async () => (await import('../commands/uninstall.ts')).uninstallCommand(await load()),
  });
}
