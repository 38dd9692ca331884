import type { ControlRecord } from '../../store/store.ts';
import { ServerError } from '../errors.ts';
import type { ControlLog } from './control-log.ts';
import type { Keys } from './keys.ts';

/** Who did what to what, when. */
export interface AuditEntry {
  atMs: number;
  /** A key's id, `server`, `password`, or `oidc:ada@acme.com`. */
  by: string;
  byEmail: string | null;
  kind: string;
  /** For people: an e-mail, an actor, a key's id. */
  entity: string;
  version: number;
  action: 'created' | 'changed' | 'revoked';
  before: Readonly<Record<string, unknown>> | null;
  after: Readonly<Record<string, unknown>>;
}

export interface AuditQuery {
  limit: number;
  /** Where the last page ended. */
  cursor?: string | undefined;
  kind?: string | undefined;
}

/** What must not be read again, not even by those who wrote it. */
const SECRET = new Set([
  ...['hash', 'secret', 'token', 'key', 'password', 'value'],
  ...['sealedKey', 'sealedWebhookSecret'],
]);
/** What machines note of their own runs: asked for by its kind only, it would hide what people did. */
const NOTES = new Set(['sync', 'alert']);
/** What names a thing of a kind, in the order of preference. */
const NAMES = ['email', 'actor', 'person', 'name', 'tier', 'repository', 'vendor'] as const;

/** The control log, read as what it is: the trail of every change. Newest first. */
export function auditTrail(
  { log, keys }: { log: ControlLog; keys: Keys },
  org: string,
  { limit, cursor, kind }: AuditQuery,
): { entries: AuditEntry[]; nextCursor: string | null } {
  const records = log.records(org);
  const start = cursor === undefined ? records.length : positionOf(cursor, records);
  const entries: AuditEntry[] = [];
  let at = start;
  while (at > 0 && entries.length < limit) {
    const record = records[--at];
    if (record && (kind === undefined ? !NOTES.has(record.kind) : record.kind === kind))
      entries.push(entryOf(record, log, keys));
  }
  const last = records[at];
  return { entries, nextCursor: at > 0 && last ? cursorOf(last) : null };
}

/** Every kind of thing that the organisation's log has. */
export const auditedKinds = (log: ControlLog, org: string): string[] =>
  [...new Set(log.records(org).map(({ kind }) => kind))].sort();

// By what it names instead of its place: another process may know the same records in another order.
const cursorOf = ({ kind, entityId, version }: ControlRecord): string =>
  Buffer.from(JSON.stringify([kind, entityId, version])).toString('base64url');

function positionOf(cursor: string, records: readonly ControlRecord[]): number {
  const [kind, entityId, version] = parsed(cursor);
  const found = records.findIndex(
    (record) => record.entityId === entityId && record.version === version && record.kind === kind,
  );
  if (found < 0) throw new ServerError('invalid', 'cursor: not one of this list');
  return found;
}

function parsed(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function entryOf(record: ControlRecord, log: ControlLog, keys: Keys): AuditEntry {
  const { kind, entityId, version, atMs, author, data } = record;
  const versions = log.versions(kind, entityId);
  const before = versions.find((one) => one.version === version - 1)?.data ?? null;
  const first = versions[0]?.data ?? data;
  const named = NAMES.map((name) => first[name]).find((one) => typeof one === 'string');
  return {
    atMs,
    by: author,
    byEmail: author.startsWith('oidc:') ? author.slice('oidc:'.length) : (keys.find(author)?.email ?? null),
    kind,
    entity: kind === 'key' ? entityId : (named ?? (kind === 'settings' ? 'people' : entityId)),
    version,
    action: data.revoked === true ? 'revoked' : version === 1 ? 'created' : 'changed',
    before: before && redacted(before),
    after: redacted(data),
  };
}

const redacted = (data: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !SECRET.has(name)));
