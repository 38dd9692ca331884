import type { SetConnectionOptions, VendorOptions } from '../commands/server/connections.ts';
import type { OrganizationOptions } from '../commands/server/organization.ts';
import type { CommandRow, OptionRow } from '../table.ts';
import { command } from '../table.ts';

type Connection = Readonly<Record<'endpoint' | 'apiKey' | 'data' | 'insecure' | 'org', OptionRow>>;

export const CONNECTION_GROUP = {
  connections: 'Keep the keys of the vendors that usage is read from.',
};

const vendor = { syntax: '<vendor>', text: 'anthropic, openai, cursor or github' };
const connections = () => import('../commands/server/connections.ts');

/** Vendors' keys, on the running server. */
export const connectionRows = (connection: Connection): CommandRow[] => [
  command<OrganizationOptions>({
    name: 'connections list',
    summary: 'List the vendors, what key is known of each, and when they were read.',
    options: connection,
    examples: ['revenium-server connections list', 'revenium-server connections list --json'],
    load: async () => ({ run: (await connections()).listConnections }),
  }),
  command<SetConnectionOptions>({
    name: 'connections set',
    summary: "Give the server a vendor's key, or settings; the key is tried first.",
    details:
      'The key is read from --key-file, else from the environment (ANTHROPIC_ADMIN_API_KEY, OPENAI_ORG_API_KEY, ' +
      'CURSOR_ADMIN_API_KEY, GITHUB_TOKEN), else asked for; never from the command line, which others can see. The ' +
      'server keeps it encrypted and never shows it again. With settings alone, a key that is known stays.',
    arguments: { vendor },
    options: {
      keyFile: { flags: '--key-file <file>', text: 'file that holds the key; - for standard input' },
      organizations: { flags: '--organizations <list>', text: 'GitHub: whose pull requests, comma-separated' },
      webhookSecretFile: { flags: '--webhook-secret-file <file>', text: "GitHub: file with the webhook's secret" },
      tier: { flags: '--tier <tier>', text: "Cursor: the team's plan, by which its seats are priced" },
      skipCheck: { flags: '--skip-check', text: 'store it without asking the vendor' },
      ...connection,
    },
    examples: [
      'revenium-server connections set anthropic',
      'pass show anthropic-admin | revenium-server connections set anthropic --key-file -',
      'revenium-server connections set github --key-file token.txt --organizations acme,acme-labs',
      'revenium-server connections set cursor --tier business',
    ],
    load: async () => ({ run: (await connections()).setConnection }),
  }),
  command<VendorOptions>({
    name: 'connections test',
    summary: 'Ask a vendor for a little of each thing that a sync reads; exit 1 where one is refused.',
    arguments: { vendor },
    options: connection,
    examples: ['revenium-server connections test anthropic'],
    load: async () => ({ run: (await connections()).testConnection }),
  }),
  command<VendorOptions>({
    name: 'connections remove',
    summary: "Forget a vendor's key and settings; what was read of it stays.",
    arguments: { vendor },
    options: connection,
    examples: ['revenium-server connections remove cursor'],
    load: async () => ({ run: (await connections()).removeConnection }),
  }),
];
