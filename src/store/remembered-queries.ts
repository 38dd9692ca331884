import type { ReportRow, Sql } from '../reports/sql.ts';

/** What a write may change, and the tables in which that shows. */
const TABLES = {
  usage: /\b(?:usage_slice|usage_event|activity|first_seen)\b/,
  kinds: /\busage_kind\b/,
  directory: /\bdirectory\b/,
  figures: /\bdaily_figure\b/,
  pullRequests: /\bpull_request\b/,
} as const;
export type Source = keyof typeof TABLES;

/** At some 24 bytes each, what is kept takes thirty megabytes at most: a list of 10,000 people is near a million. */
const MOST_CELLS = 1_200_000;

interface Remembered {
  /** Of each source of the query, when it was asked. */
  versions: string;
  rows: Promise<ReportRow[]>;
  /** 0 until it is answered. */
  cells: number;
}

/**
 * The answers of queries, kept for as long as nothing was written that they were made from. Whoever asks the same
 * while it is being answered shares the answer.
 */
export class RememberedQueries {
  readonly #run: (sql: Sql) => Promise<ReportRow[]>;
  readonly #limit: number;
  readonly #versions: Record<Source, number> = { usage: 0, kinds: 0, directory: 0, figures: 0, pullRequests: 0 };
  /** The one used last is last. */
  readonly #known = new Map<string, Remembered>();
  #cells = 0;

  constructor(run: (sql: Sql) => Promise<ReportRow[]>, limit = MOST_CELLS) {
    this.#run = run;
    this.#limit = limit;
  }

  /** To be called once a write is seen by readers, before whoever wrote is told. */
  changed(source: Source): void {
    this.#versions[source]++;
  }

  /** The rows are the caller's to reorder, not to change. */
  async query(sql: Sql): Promise<ReportRow[]> {
    const text = sql.parts.join('?');
    const sources = (Object.keys(TABLES) as Source[]).filter((source) => TABLES[source].test(text));
    if (sources.length === 0) return await this.#run(sql);
    const key = `${text}\n${JSON.stringify(sql.params)}`;
    const versions = sources.map((source) => this.#versions[source]).join();
    const known = this.#known.get(key);
    if (known?.versions === versions) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return (await known.rows).slice();
    }
    this.#forget(key);
    const asked: Remembered = { versions, rows: this.#run(sql), cells: 0 };
    this.#known.set(key, asked);
    try {
      const rows = await asked.rows;
      if (this.#known.get(key) === asked) this.#weigh(key, asked, rows);
      return rows.slice();
    } catch (error) {
      if (this.#known.get(key) === asked) this.#forget(key);
      throw error;
    }
  }

  // The text of a long list of values weighs too.
  #weigh(key: string, asked: Remembered, rows: readonly ReportRow[]): void {
    asked.cells = 1 + rows.length * Object.keys(rows[0] ?? {}).length + Math.ceil(key.length / 50);
    this.#cells += asked.cells;
    for (const oldest of this.#known.keys()) {
      if (this.#cells <= this.#limit) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#cells -= this.#known.get(key)?.cells ?? 0;
    this.#known.delete(key);
  }
}
