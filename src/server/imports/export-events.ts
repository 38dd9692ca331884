import { integer, sql, text } from '../../reports/sql.ts';
import type { Store } from '../../store/store.ts';
import type { EventState } from '../../usage/event.ts';
import { ownHeader, ownLine } from '../../vendors/csv/own-export.ts';

export interface ExportSpan {
  org: string;
  /** UTC days, the end exclusive. */
  fromDay: number;
  toDay: number;
}

/** Events that are read at once. */
const AT_ONCE = 4096;

/**
 * The events of a span as CSV, part by part in the order of their days: as they were observed, without test records
 * and what was retracted. Never held as a whole.
 */
export async function* exportEvents(span: ExportSpan, store: Pick<Store, 'query' | 'find'>): AsyncGenerator<string> {
  yield ownHeader();
  for (const quarter of await quartersOf(span, store)) {
    const ids = await idsOf(span.org, quarter, store);
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const events = await store.find(span.org, ids.slice(at, at + AT_ONCE));
      const lines = events.filter(isExported).toSorted(byTime).map(ownLine);
      if (lines.length > 0) yield lines.join('');
    }
  }
}

interface Quarters {
  from: number;
  to: number;
}

/** Stretches of quarter-hours that hold some thousands of events, or one that holds more. */
async function quartersOf({ org, fromDay, toDay }: ExportSpan, store: Pick<Store, 'query'>): Promise<Quarters[]> {
  const rows = await store.query(
    sql`SELECT quarter_hour, count(*) AS events FROM usage_event WHERE org = ${text(org)} AND day >= ${integer(fromDay)} AND day < ${integer(toDay)} GROUP BY quarter_hour ORDER BY quarter_hour`,
  );
  const found: (Quarters & { events: number })[] = [];
  for (const row of rows) {
    const [quarter, events] = [Number(row.quarter_hour), Number(row.events)];
    const last = found.at(-1);
    if (last && last.events + events <= AT_ONCE) {
      last.to = quarter;
      last.events += events;
    } else found.push({ from: quarter, to: quarter, events });
  }
  return found;
}

async function idsOf(org: string, { from, to }: Quarters, store: Pick<Store, 'query'>): Promise<string[]> {
  const rows = await store.query(
    sql`SELECT lower(hex(id)) AS id FROM usage_event WHERE org = ${text(org)} AND quarter_hour >= ${integer(from)} AND quarter_hour <= ${integer(to)} ORDER BY at_ms, id`,
  );
  return rows.map(({ id }) => String(id));
}

const isExported = ({ status }: EventState): boolean => status !== 'test' && status !== 'retracted';

const byTime = (a: EventState, b: EventState): number => a.atMs - b.atMs || (a.id < b.id ? -1 : 1);
