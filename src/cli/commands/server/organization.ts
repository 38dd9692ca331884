import type { Context } from '../../context.ts';
import type { Connection, ConnectionOptions } from './connection.ts';
import { connect } from './connection.ts';

export interface OrganizationOptions extends ConnectionOptions {
  org?: string;
}

export interface OrganizationConnection extends Connection {
  /** An address of the organisation's own part of the API; the parts are encoded. */
  at: (...parts: string[]) => string;
}

/** The running server, and the organisation that a command is about. */
export async function connectTo(options: OrganizationOptions, context: Context): Promise<OrganizationConnection> {
  const connection = await connect(options, context);
  const org = options.org ?? connection.org;
  const at = (...parts: string[]): string => ['/api/v1', ...[org, ...parts].map(encodeURIComponent)].join('/');
  return { ...connection, org, at };
}
