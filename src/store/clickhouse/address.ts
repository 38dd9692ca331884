import { UsageError } from '../../errors.ts';

/** Where a ClickHouse is and how to get in, taken from `clickhouse://user:password@host:8123/database?cluster=name`. */
export interface Address {
  /** Base addresses of its HTTP interfaces; the first that answers is used. */
  urls: readonly string[];
  user: string;
  password: string;
  database: string;
  /** As `system.clusters` names it; null for a single node. */
  cluster: string | null;
}

const FORM = /^(clickhouses?):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/i;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const EXAMPLE = 'Write clickhouse://user:password@host:8123/database, for a cluster with ?cluster=name.';

/** @throws UsageError without any part of the text that could be a secret */
export function parseAddress(text: string): Address {
  const [, scheme, credentials = '', hosts = '', database = '', query = ''] = FORM.exec(text.trim()) ?? refuse();
  const secure = scheme?.toLowerCase() === 'clickhouses';
  const [user = '', ...password] = credentials.split(':');
  return {
    urls: hosts.split(',').map((host) => urlOf(host, secure)),
    user: decode(user) || 'default',
    password: decode(password.join(':')),
    database: nameOf('database', decode(database)),
    cluster: clusterOf(new URLSearchParams(query)),
  };
}

/** For people: everything but the password. */
export const shownAddress = ({ urls, user, database }: Address): string =>
  `${urls.join(', ')} (database ${database}, user ${user})`;

function refuse(): never {
  throw new UsageError('the database URL is not of the form that ClickHouse needs', { hint: EXAMPLE });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError('the database URL has a % that does not begin a code', {
      hint: 'In the user and the password, write % as %25.',
    });
  }
}

function urlOf(text: string, secure: boolean): string {
  const [, host, port = secure ? '8443' : '8123'] = HOST.exec(text) ?? refuse();
  if (Number(port) > 65_535) refuse();
  return `${secure ? 'https' : 'http'}://${host}:${port}`;
}

function nameOf(what: string, name: string): string {
  if (NAME.test(name)) return name;
  throw new UsageError(`the database URL names no ${what}, or one of other signs than letters, digits and _`, {
    hint: EXAMPLE,
  });
}

function clusterOf(options: URLSearchParams): string | null {
  const unknown = [...options.keys()].filter((name) => name !== 'cluster');
  if (unknown.length > 0)
    throw new UsageError('the database URL has an option that is not known', { hint: 'The only one is cluster=name.' });
  const cluster = options.get('cluster');
  return cluster === null ? null : nameOf('cluster', cluster);
}
