import { UsageError } from '../../errors.ts';
import type { ConnectionOptions } from '../commands/server/connection.ts';
import type { CreateOptions, OrganizationOptions, RevokeOptions } from '../commands/server/keys.ts';
import type { StartOptions } from '../commands/server/start.ts';
import type { Binary, OptionRow } from '../table.ts';
import { command } from '../table.ts';
import { backupRows } from './backup-rows.ts';
import { CONNECTION_GROUP, connectionRows } from './connection-rows.ts';
import { PEOPLE_GROUPS, peopleRows } from './people-rows.ts';
import { syncRow } from './sync-row.ts';
import { importExportRows } from './import-export-rows.ts';

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new UsageError(`"${text}" is no port; write 0 to 65535`);
  return port;
}

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`"${text}" is no number of at least 1`);
  return number;
}

/** With less the engine cannot hold what one commit needs. */
const LEAST_MB = 256;

function memorySize(text: string): string {
  const [, number, unit] = /^([1-9]\d{0,6})(MB|GB)$/i.exec(text) ?? [];
  if (number === undefined) throw new UsageError(`"${text}" is no size; write 512MB or 2GB`);
  if (unit?.toUpperCase() === 'MB' && Number(number) < LEAST_MB)
    throw new UsageError(`${text} is too little for the database; write ${LEAST_MB}MB or more`);
  return text.toUpperCase();
}

const connection = {
  endpoint: { flags: '--endpoint <url>', text: 'the server (REVENIUM_ENDPOINT; default: the one running here)' },
  apiKey: { flags: '-k, --api-key <key>', text: 'an admin key (REVENIUM_API_KEY)' },
  data: { flags: '--data <dir>', text: 'data directory of the server running on this machine' },
  insecure: { flags: '--insecure', text: 'allow plain http to another machine' },
  org: { flags: '-o, --org <name>', text: "organisation (default: the key's own)" },
} satisfies Record<string, OptionRow>;

export const server: Binary = {
  summary: 'Take in the usage of AI coding assistants, store it, and answer who uses them and at what cost.',
  groups: { keys: 'Hand out, list and revoke API keys.', ...PEOPLE_GROUPS, ...CONNECTION_GROUP },
  commands: [
    command<StartOptions>({
      name: 'start',
      summary: 'Run the server until it is stopped.',
      details: 'Takes OpenTelemetry in and answers reports, on one port. The first start prints an admin key, once.',
      options: {
        host: { flags: '--host <address>', text: 'address to listen on', fallback: '127.0.0.1' },
        port: {
          flags: '--port <number>',
          text: 'port to listen on, 0 for any free one',
          fallback: 4318,
          parse: portNumber,
        },
        data: { flags: '--data <dir>', text: 'where the database is kept' },
        database: {
          flags: '--database <url>',
          text: 'a ClickHouse instead: clickhouse://user:password@host:8123/database (REVENIUM_DATABASE_URL)',
        },
        memory: {
          flags: '--memory <size>',
          text: 'the most memory that the embedded database takes, at least 256MB (default: 1GB)',
          parse: memorySize,
        },
        retention: {
          flags: '--retention <days>',
          text: 'remove usage older than so many days (default: keep it)',
          parse: positiveNumber,
        },
        tlsCert: { flags: '--tls-cert <file>', text: 'certificate (PEM, with its chain): serve https' },
        tlsKey: { flags: '--tls-key <file>', text: "the certificate's private key (PEM)" },
        trustProxy: {
          flags: '--trust-proxy <addresses>',
          text: 'proxies whose X-Forwarded-For is believed: addresses, ranges, or `loopback`, comma-separated',
        },
        publicUrl: {
          flags: '--public-url <url>',
          text: 'the address that browsers use, where it is not the one listened on (REVENIUM_PUBLIC_URL)',
        },
        rateLimit: {
          flags: '--rate-limit <number>',
          text: 'requests a minute that one key may make; more are answered 429',
          fallback: 60_000,
          parse: positiveNumber,
        },
        insecure: { flags: '--insecure', text: 'allow plain http on an address that other machines reach' },
      },
      examples: [
        'revenium-server start',
        'revenium-server start --port 0 --json',
        'revenium-server start --data /var/lib/revenium',
        'REVENIUM_DATABASE_URL=clickhouses://user:password@host:8443/revenium revenium-server start',
        'revenium-server start --host 0.0.0.0 --tls-cert server.pem --tls-key server.key',
      ],
      load: () => import('../commands/server/start.ts'),
    }),
    command<CreateOptions>({
      name: 'keys create',
      summary: 'Create an API key and print it, once.',
      options: {
        ...connection,
        scope: {
          flags: '--scope <scope>',
          text: 'what it may do: ingest writes only, the others read more and more',
          choices: ['ingest', 'member', 'manager', 'admin'],
          fallback: 'ingest',
        },
        email: { flags: '-e, --email <address>', text: 'whose key it is; a member key answers about this person' },
      },
      examples: [
        'revenium-server keys create --scope ingest',
        'revenium-server keys create --scope member --email ada@acme.com --json',
        'revenium-server keys create --scope admin --org globex',
      ],
      load: async () => ({ run: (await import('../commands/server/keys.ts')).createKey }),
    }),
    command<OrganizationOptions>({
      name: 'keys list',
      summary: 'List the keys of an organisation, revoked ones too.',
      options: connection,
      examples: ['revenium-server keys list', 'revenium-server keys list --org globex --json'],
      load: async () => ({ run: (await import('../commands/server/keys.ts')).listKeys }),
    }),
    command<RevokeOptions>({
      name: 'keys revoke',
      summary: 'Revoke a key for ever.',
      arguments: { id: { syntax: '<id>', text: 'as `keys list` shows it' } },
      options: connection,
      examples: ['revenium-server keys revoke key_3yQm0uQvC0bM'],
      load: async () => ({ run: (await import('../commands/server/keys.ts')).revokeKey }),
    }),
    command<ConnectionOptions>({
      name: 'demo',
      summary: 'Fill the organisation `demo` with a company that does not exist.',
      details:
        'Four months of people, teams, seats and usage to look at in the dashboard. Other organisations are left alone.',
      options: {
        endpoint: connection.endpoint,
        apiKey: connection.apiKey,
        data: connection.data,
        insecure: connection.insecure,
      },
      examples: ['revenium-server demo'],
      load: () => import('../commands/server/demo.ts'),
    }),
    ...connectionRows(connection),
    syncRow(connection),
    ...peopleRows(connection),
    ...importExportRows(connection),
    ...backupRows(connection),
  ],
};
