import { Failure, UsageError } from '../../../errors.ts';
import type { CheckedAccess } from '../../../server/sync/key-check.ts';
import type { Vendor } from '../../../server/sync/sync-run.ts';
import { VENDORS } from '../../../server/sync/sync-run.ts';
import type { Context } from '../../context.ts';
import { notice, print, printJson } from '../../output.ts';
import { pairs } from '../../style.ts';
import { printColumns } from './columns.ts';
import type { OrganizationConnection, OrganizationOptions } from './organization.ts';
import { connectTo } from './organization.ts';
import { givenSecret, vendorKey } from './vendor-secret.ts';

/** As the server answers. */
interface Connection {
  vendor: Vendor;
  keyFrom: 'stored' | 'environment' | null;
  keyHint: string | null;
  hasWebhookSecret: boolean;
  settings: { organizations?: string[]; tier?: string };
  lastSync: { state: string; startedAt: string; error: string | null } | null;
  nextSyncAt: string | null;
}
interface Checked {
  accepted: boolean;
  checks: CheckedAccess[];
}

export interface VendorOptions extends OrganizationOptions {
  vendor: string;
}

export interface SetConnectionOptions extends VendorOptions {
  /** `-`: standard input. */
  keyFile?: string;
  webhookSecretFile?: string;
  organizations?: string;
  tier?: string;
  skipCheck?: boolean;
}

export async function listConnections(options: OrganizationOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const { connections } = (await call('GET', at('connections'))) as { connections: Connection[] };
  if (options.json) return printJson(context, connections);
  printColumns(
    context,
    ['VENDOR', 'KEY', 'FROM', 'SETTINGS', 'LAST SYNC', 'STATE', 'NEXT'],
    connections.map((one) => [
      ...[one.vendor, one.keyHint, one.keyFrom, settingsOf(one)],
      ...[minuteOf(one.lastSync?.startedAt), one.lastSync?.state ?? null, minuteOf(one.nextSyncAt)],
    ]),
  );
}

/** A key is asked with before it is stored, so that a wrong one is known now and not tomorrow at six. */
export async function setConnection(options: SetConnectionOptions, context: Context): Promise<void> {
  const vendor = vendorOf(options);
  const settings = settingsIn(vendor, options);
  const { at, call } = await connectTo(options, context);
  const known = (await call('GET', at('connections'))) as { connections: Connection[] };
  const before = known.connections.find((one) => one.vendor === vendor);
  const webhookSecret = await givenSecret(options.webhookSecretFile, context);
  const onlySettings = settings !== undefined || webhookSecret !== undefined;
  const apiKey =
    options.keyFile === undefined && onlySettings && before?.keyFrom
      ? undefined
      : await vendorKey(vendor, options.keyFile, context);
  const wanted = { apiKey, settings: settings && { ...before?.settings, ...settings } };
  if (!options.skipCheck) await requireAccess(vendor, { at, call }, wanted, context);
  const connection = (await call('PUT', at('connections', vendor), { ...wanted, webhookSecret })) as Connection;
  if (options.json) return printJson(context, connection);
  show(connection, context);
  if (connection.lastSync === null)
    notice(context, `its usage comes by itself; at once: revenium-server sync ${vendor}`);
}

export async function testConnection(options: VendorOptions, context: Context): Promise<void> {
  const vendor = vendorOf(options);
  const { at, call } = await connectTo(options, context);
  const checked = (await call('POST', at('connections', vendor, 'test'))) as Checked;
  if (options.json) printJson(context, { vendor, ...checked });
  else for (const line of lines(checked.checks)) print(context, line);
  if (!checked.accepted) throw refusal(vendor, checked.checks);
}

export async function removeConnection(options: VendorOptions, context: Context): Promise<void> {
  const vendor = vendorOf(options);
  const { at, call } = await connectTo(options, context);
  const connection = (await call('DELETE', at('connections', vendor))) as Connection;
  if (options.json) return printJson(context, connection);
  print(context, `The key of ${vendor} is forgotten. What was read of it stays.`);
  if (connection.keyFrom === 'environment')
    notice(context, `the server's environment still has a key of ${vendor}, which counts now`);
}

async function requireAccess(
  vendor: Vendor,
  { at, call }: Pick<OrganizationConnection, 'at' | 'call'>,
  wanted: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<void> {
  const { accepted, checks } = (await call('POST', at('connections', vendor, 'test'), wanted)) as Checked;
  if (accepted) return;
  for (const line of lines(checks)) notice(context, line);
  // A sync does with what it may read: only a key that opens nothing is not worth keeping.
  if (checks.some(({ state }) => state === 'granted')) return;
  const { message, hint } = refusal(vendor, checks);
  throw new Failure(`${message}; nothing was stored`, {
    hint: [hint, 'To store it all the same: --skip-check.'].filter(Boolean).join(' '),
  });
}

function refusal(vendor: Vendor, checks: readonly CheckedAccess[]): Failure {
  const { said, hint, state } = checks.find((one) => one.state !== 'granted') ?? {};
  return new Failure(said ?? `${vendor} did not answer`, {
    ...(hint ? { hint } : {}),
    retryable: state === 'unavailable',
  });
}

const lines = (checks: readonly CheckedAccess[]): string[] =>
  pairs(checks.map(({ what, state, said }) => [what, said === null ? state : `${state}: ${said}`]));

function show(connection: Connection, context: Context): void {
  const { vendor, keyHint, keyFrom, hasWebhookSecret } = connection;
  const key = keyFrom === null ? 'no key' : `${keyHint ?? 'a key'} (${keyFrom})`;
  const rest = [settingsOf(connection), hasWebhookSecret ? 'webhook secret' : ''].filter(Boolean);
  print(context, [vendor, key, ...rest].join(' · '));
}

const settingsOf = ({ settings: { organizations = [], tier } }: Connection): string =>
  [...organizations, ...(tier === undefined ? [] : [tier])].join(', ');

const minuteOf = (time: string | null | undefined): string => time?.slice(0, 16).replace('T', ' ') ?? '';

function vendorOf({ vendor }: VendorOptions): Vendor {
  const found = VENDORS.find((one) => one === vendor);
  if (!found) throw new UsageError(`"${vendor}" is no vendor; choose one of ${VENDORS.join(', ')}`);
  return found;
}

/** Undefined: none was given. */
function settingsIn(vendor: Vendor, { organizations, tier, webhookSecretFile }: SetConnectionOptions) {
  const of = { organizations: 'github', webhookSecretFile: 'github', tier: 'cursor' } as const;
  const given = Object.entries({ organizations, webhookSecretFile, tier }).filter(([, value]) => value !== undefined);
  for (const [name] of given)
    if (of[name as keyof typeof of] !== vendor) {
      const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      throw new UsageError(`--${flag} is for ${of[name as keyof typeof of]}, not for ${vendor}`);
    }
  if (organizations === undefined && tier === undefined) return undefined;
  const names = organizations?.split(/[,\s]+/).filter(Boolean);
  return { ...(names && { organizations: names }), ...(tier === undefined ? {} : { tier }) };
}
