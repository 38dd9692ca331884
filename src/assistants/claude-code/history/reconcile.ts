import { eventId, isMessageId } from '../../../usage/identity.ts';
import type { CallRecord } from './call-record.ts';
import { recordId } from './call-record.ts';

/** What a server says of a record. */
export interface ServerRecord {
  id: string;
  sources: readonly string[];
  partial: boolean;
  /** False: part of a call that counts under another id. */
  counted: boolean;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
}

/** A call of the files, and every id under which a server may have it. */
export interface AskedCall {
  call: CallRecord;
  id: string;
  /** Of the message alone, as a history without request ids gives it; null where that is its id already. */
  otherId: string | null;
}

const FIGURES = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWrite5mTokens', 'cacheWrite1hTokens'] as const;
type Figure = (typeof FIGURES)[number];

export interface Difference {
  asked: AskedCall;
  /** Figure by figure: what the files say, what the server says. */
  figures: Partial<Record<Figure, { files: number; server: number }>>;
}

export interface Comparison {
  asked: AskedCall;
  found: ServerRecord | null;
  difference: Difference | null;
  /** The server counts the same answer a second time, under its message's id. */
  extra: ServerRecord | null;
}

export function askedCall(call: CallRecord): AskedCall {
  const id = recordId(call);
  const other = isMessageId(call.messageId) ? eventId(['claude-message', call.messageId]) : null;
  return { call, id, otherId: other === id ? null : other };
}

/** What the server has of each call. */
export function compareCalls(asked: readonly AskedCall[], found: readonly ServerRecord[]): Comparison[] {
  const byId = new Map(found.map((record) => [record.id, record]));
  return asked.map((one) => {
    const own = byId.get(one.id) ?? null;
    const other = (one.otherId === null ? undefined : byId.get(one.otherId)) ?? null;
    const stands = own ?? other;
    const extra = own?.counted && other?.counted ? other : null;
    return { asked: one, found: stands, difference: stands && differenceOf(one, stands), extra };
  });
}

function differenceOf(asked: AskedCall, server: ServerRecord): Difference | null {
  const differing = FIGURES.filter((figure) => differs(figure, asked.call, server));
  if (differing.length === 0) return null;
  const figures = differing.map((figure) => [figure, { files: asked.call[figure], server: server[figure] }] as const);
  return { asked, figures: Object.fromEntries(figures) };
}

function differs(figure: Figure, call: CallRecord, server: ServerRecord): boolean {
  // Telemetry may know the end of an answer of which the files hold a placeholder only.
  if (figure === 'outputTokens' && call.partial) return server.outputTokens < call.outputTokens;
  const isSplit = figure === 'cacheWrite5mTokens' || figure === 'cacheWrite1hTokens';
  if (!isSplit || call.splitKnown) return server[figure] !== call[figure];
  const written = ({ cacheWrite5mTokens, cacheWrite1hTokens }: ServerRecord | CallRecord): number =>
    cacheWrite5mTokens + cacheWrite1hTokens;
  return written(server) !== written(call);
}

/** Sums over a day, a session, or all. */
export class Tally {
  /** In the files. */
  calls = 0;
  /** Of them, the server has by telemetry, by an import, by both. */
  telemetryOnly = 0;
  backfillOnly = 0;
  both = 0;
  missing = 0;
  differing = 0;
  extra = 0;
  outputInFiles = 0;
  outputOnServer = 0;

  add({ asked, found, difference, extra }: Comparison): void {
    this.calls += 1;
    this.outputInFiles += asked.call.outputTokens;
    if (difference) this.differing += 1;
    if (extra) this.extra += 1;
    if (!found) {
      this.missing += 1;
      return;
    }
    this.outputOnServer += found.outputTokens;
    const backfill = found.sources.includes('backfill');
    // A row that does not count by itself was found to be one call with a telemetry's that has no id.
    const telemetry = found.sources.includes('telemetry') || !found.counted;
    if (telemetry && backfill) this.both += 1;
    else if (telemetry) this.telemetryOnly += 1;
    else this.backfillOnly += 1;
  }
}

export interface Reconciliation {
  total: Tally;
  days: Map<string, Tally>;
  /** By session id. */
  sessions: Map<string, Tally>;
}

export function tally(comparisons: readonly Comparison[], dayOf: (ms: number) => string): Reconciliation {
  const result: Reconciliation = { total: new Tally(), days: new Map(), sessions: new Map() };
  const addTo = (tallies: Map<string, Tally>, name: string, comparison: Comparison): void => {
    const known = tallies.get(name) ?? new Tally();
    tallies.set(name, known);
    known.add(comparison);
  };
  for (const comparison of comparisons) {
    const { call } = comparison.asked;
    result.total.add(comparison);
    addTo(result.days, dayOf(call.atMs), comparison);
    addTo(result.sessions, call.sessionId ?? '–', comparison);
  }
  return result;
}
