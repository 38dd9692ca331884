import type { Context } from '../../context.ts';
import { notice, print, printJson } from '../../output.ts';
import { dayOf, printColumns } from './columns.ts';
import { connect } from './connection.ts';
import type { OrganizationOptions } from './organization.ts';

/** As the server answers. */
interface Key {
  id: string;
  org: string;
  scope: string;
  email: string | null;
  createdAt: string;
  revokedAt: string | null;
}

export type { OrganizationOptions };

export interface CreateOptions extends OrganizationOptions {
  scope: string;
  email?: string;
}

export interface RevokeOptions extends OrganizationOptions {
  id: string;
}

const path = (org: string, id?: string): string =>
  `/api/v1/${encodeURIComponent(org)}/keys${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;

export async function createKey(options: CreateOptions, context: Context): Promise<void> {
  const { org, call } = await connect(options, context);
  const wanted = { scope: options.scope, ...(options.email === undefined ? {} : { email: options.email }) };
  const made = (await call('POST', path(options.org ?? org), wanted)) as Key & { key: string };
  if (options.json) {
    printJson(context, { id: made.id, key: made.key, scope: made.scope, org: made.org, email: made.email });
    return;
  }
  print(context, made.key);
  notice(context, `${made.scope} key ${made.id} of ${made.org}; it is shown this once`);
}

export async function listKeys(options: OrganizationOptions, context: Context): Promise<void> {
  const { org, call } = await connect(options, context);
  const { keys } = (await call('GET', path(options.org ?? org))) as { keys: Key[] };
  if (options.json) return printJson(context, keys);
  printColumns(
    context,
    ['ID', 'SCOPE', 'E-MAIL', 'CREATED', 'REVOKED'],
    keys.map((key) => [key.id, key.scope, key.email, dayOf(key.createdAt), dayOf(key.revokedAt)]),
  );
}

export async function revokeKey(options: RevokeOptions, context: Context): Promise<void> {
  const { org, call } = await connect(options, context);
  const key = (await call('DELETE', path(options.org ?? org, options.id))) as Key;
  if (options.json) printJson(context, key);
  else print(context, `revoked ${key.id}`);
}
