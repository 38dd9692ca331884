import { cursorState } from '../../assistants/cursor/row.ts';
import type { Store } from '../../store/store.ts';
import type { EventState } from '../../usage/event.ts';
import { dateOf, utcDay } from '../../usage/days.ts';
import { observe } from '../../usage/merge.ts';
import type { ImportHints, Remark } from '../../vendors/csv/format.ts';
import type { CsvFile, ImportedUsage, Problem } from '../../vendors/csv/read-csv.ts';
import { openCsv } from '../../vendors/csv/read-csv.ts';
import { noteOf, periodNote, unreadNote } from './notes.ts';

export interface ImportOptions {
  org: string;
  /** Reads and counts, writes nothing. */
  dryRun: boolean;
  hints: ImportHints;
  /** The subscription that Cursor's rows ran under, where nothing else says. */
  tier: string | null;
}

/** What came of a file, or what would. */
export interface ImportSummary {
  /** Of `FORMATS`. */
  format: string;
  formatName: string;
  dryRun: boolean;
  /** Rows of the file, its header not counted. */
  rows: number;
  /** Events that were not there before. */
  added: number;
  /** Events that were there before, by whatever road. */
  known: number;
  /** Rows that say what another row of the file says. */
  duplicates: number;
  /** Distinct actors. */
  people: number;
  days: { count: number; first: string | null; last: string | null };
  requests: number;
  /** All kinds together. */
  tokens: number;
  problems: { count: number; lines: Problem[] };
  notes: string[];
}

/** Events that are written at once; more of them would hold up everybody else's. */
const AT_ONCE = 2048;
/** Bad rows that are listed; the others are counted. */
const LISTED = 1000;

/**
 * Takes a file in, in parts: what is written stays written if it breaks off, and the same file again adds what is
 * missing. @throws CsvError for a file that is not known, StoreUnavailable
 */
export async function importFile(
  chunks: AsyncIterable<Uint8Array>,
  { org, dryRun, hints, tier }: ImportOptions,
  store: Pick<Store, 'find' | 'write'>,
): Promise<ImportSummary> {
  const file = await openCsv(chunks, hints);
  const tally = new Tally(file, dryRun);
  const stateOf = stateMaker(org, tier);
  let waiting: EventState[] = [];
  const flush = async (): Promise<void> => {
    const events = waiting;
    waiting = [];
    if (events.length === 0) return;
    const known = await store.find(org, [...new Set(events.map(({ id }) => id))]);
    tally.events(events, new Set(known.map(({ id }) => id)));
    if (!dryRun) await store.write({ events, activities: [] });
  };
  for await (const { usages, rows, duplicates, problems, remarks } of file.batches()) {
    tally.rows(rows, duplicates, problems, remarks);
    for (const usage of usages) waiting.push(stateOf(usage));
    while (waiting.length >= AT_ONCE) await flush();
  }
  await flush();
  return tally.summary(hints);
}

const stateMaker =
  (org: string, tier: string | null) =>
  (usage: ImportedUsage): EventState => {
    if (usage.kind === 'stored') return { ...usage.state, org };
    if (usage.kind === 'observed') return observe({ ...usage.input, org, source: 'import' });
    const context = { org, source: 'import', snapshotMs: 0, tier, labels: NO_LABELS } as const;
    return cursorState({ ...usage.row, occurrence: usage.occurrence }, context);
  };

const NO_LABELS = { organization: null, product: null, project: null, repository: null };

class Tally {
  readonly #file: CsvFile;
  readonly #dryRun: boolean;
  readonly #people = new Set<string>();
  readonly #days = new Set<number>();
  readonly #remarks = new Map<Remark, number>();
  readonly #problems: Problem[] = [];
  #counts = { rows: 0, added: 0, known: 0, duplicates: 0, requests: 0, tokens: 0, problems: 0 };

  constructor(file: CsvFile, dryRun: boolean) {
    this.#file = file;
    this.#dryRun = dryRun;
  }

  rows(rows: number, duplicates: number, problems: readonly Problem[], remarks: Partial<Record<Remark, number>>): void {
    const counts = this.#counts;
    counts.rows += rows;
    counts.duplicates += duplicates;
    counts.problems += problems.length;
    for (const problem of problems) if (this.#problems.length < LISTED) this.#problems.push(problem);
    // The keys of a record of remarks.
    for (const [remark, count] of Object.entries(remarks) as [Remark, number][])
      this.#remarks.set(remark, (this.#remarks.get(remark) ?? 0) + count);
  }

  events(events: readonly EventState[], known: ReadonlySet<string>): void {
    const counts = this.#counts;
    for (const event of events) {
      if (known.has(event.id)) counts.known += 1;
      else counts.added += 1;
      counts.requests += event.requests;
      counts.tokens += tokensOf(event);
      if (event.actor !== null) this.#people.add(event.actor);
      this.#days.add(utcDay(event.atMs));
    }
  }

  summary(hints: ImportHints): ImportSummary {
    const { problems, ...counts } = this.#counts;
    const { format, unread } = this.#file;
    const days = [...this.#days].sort((a, b) => a - b);
    const shown = (day: number | undefined): string | null => (day === undefined ? null : dateOf(day));
    const remarks = [...this.#remarks].map(([remark, count]) => noteOf(remark, count));
    return {
      format: format.id,
      formatName: format.name,
      dryRun: this.#dryRun,
      ...counts,
      people: this.#people.size,
      days: { count: days.length, first: shown(days[0]), last: shown(days.at(-1)) },
      problems: { count: problems, lines: this.#problems },
      notes: [...remarks, ...periodNote(format, hints), ...unreadNote(unread)],
    };
  }
}

const tokensOf = (event: EventState): number =>
  event.inputTokens + event.outputTokens + event.cacheReadTokens + event.cacheWrite5mTokens + event.cacheWrite1hTokens;
