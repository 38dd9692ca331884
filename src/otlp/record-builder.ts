import type { AttributeKey, AttributeValue } from './attributes.ts';
import { ATTRIBUTES } from './attributes.ts';
import type { EventName } from './events.ts';
import { CLAUDE_PREFIX, EVENT_NAMES } from './events.ts';
import { KeyTable } from './key-table.ts';
import type { DecodedLogs, LogRecord } from './log-record.ts';
import { reject } from './log-record.ts';
import { isoToMs } from './time.ts';

/** Attributes that are read but not kept: they say what a record is and when it was made. */
export type Marker = 'event.name' | 'event.timestamp';

const keysOn = (where: 'resource' | 'record'): [string, AttributeKey][] =>
  ATTRIBUTES.filter(({ on }) => on === where || on === 'both').map(({ key }) => [key, key]);

export const RESOURCE_KEYS = new KeyTable<AttributeKey>(keysOn('resource'));
export const RECORD_KEYS = new KeyTable<AttributeKey | Marker>([
  ...keysOn('record'),
  ['event.name', 'event.name'],
  ['event.timestamp', 'event.timestamp'],
]);

export const FULL_NAMES = new KeyTable<EventName>(EVENT_NAMES.map((name) => [name, name]));
/** As Claude Code writes them in `event.name`. */
export const SHORT_NAMES = new KeyTable<EventName>(
  EVENT_NAMES.filter((name) => name.startsWith(CLAUDE_PREFIX)).map((name) => [name.slice(CLAUDE_PREFIX.length), name]),
);

export type MutableAttributes = Partial<Record<AttributeKey, AttributeValue>>;

/** What has been seen of one record so far. Names in falling order of trust. */
export interface RecordDraft {
  body: EventName | undefined;
  eventName: EventName | undefined;
  shortName: EventName | undefined;
  field: EventName | undefined;
  timeMs: number | null;
  observedMs: number | null;
  eventTimestamp: string | undefined;
  attributes: MutableAttributes;
}

export const emptyDraft = (): RecordDraft => ({
  body: undefined,
  eventName: undefined,
  shortName: undefined,
  field: undefined,
  timeMs: null,
  observedMs: null,
  eventTimestamp: undefined,
  attributes: {},
});

interface Finished {
  draft: RecordDraft;
  scope: LogRecord['scope'];
}

const MAX_RECORDS = 100_000;

/** Collects the records of one resource, whose attributes may come after them. */
export class ResourceDraft {
  readonly attributes: MutableAttributes = {};
  readonly #finished: Finished[] = [];

  add(draft: RecordDraft, scope: LogRecord['scope'], into: DecodedLogs): void {
    if (draft.body ?? draft.eventName ?? draft.shortName ?? draft.field) this.#finished.push({ draft, scope });
    else into.ignored += 1;
  }

  finish(into: DecodedLogs): void {
    for (const { draft, scope } of this.#finished) {
      const eventName = draft.body ?? draft.eventName ?? draft.field ?? this.#trusted(draft.shortName, scope);
      const atMs = draft.timeMs ?? draft.observedMs ?? isoToMs(draft.eventTimestamp ?? '');
      if (!eventName) into.ignored += 1;
      else if (atMs === null) reject(into.rejected, `${eventName}: no usable time`);
      else if (into.records.length >= MAX_RECORDS)
        reject(into.rejected, `more than ${MAX_RECORDS} records in a request`);
      else into.records.push({ resource: this.attributes, scope, atMs, eventName, attributes: draft.attributes });
    }
  }

  /** `api_request` alone may be anybody's: it counts only where the sender is, or may well be, Claude Code. */
  #trusted(name: EventName | undefined, scope: LogRecord['scope']): EventName | undefined {
    const sender = scope.name ?? this.attributes['service.name'] ?? 'claude';
    return /claude|cowork/.test(String(sender)) ? name : undefined;
  }
}
