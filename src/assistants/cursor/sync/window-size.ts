/** Rows of a window are held in memory until they are delivered. */
const TARGET_ROWS = 5000;
const MAX_ROWS = 10_000;
/** Cursor takes 30 days at most. */
const MAX_HOURS = 30 * 24;

/** How many hours to ask for at once, learned from how many rows there were. */
export class WindowSize {
  readonly maxRows = MAX_ROWS;
  #hours = MAX_HOURS;

  get hours(): number {
    return this.#hours;
  }

  /** A window that turned out to be too large, or whose rows kept moving while it was read. */
  tooMany(rows: number | null, hours: number): void {
    this.#hours = Math.max(1, Math.floor(rows === null ? hours / 2 : (hours * TARGET_ROWS) / rows));
  }

  /** Grows slowly, since nights and week-ends are quiet. */
  took(rows: number, hours: number): void {
    const fitting = rows === 0 ? MAX_HOURS : Math.floor((hours * TARGET_ROWS) / rows);
    this.#hours = Math.max(1, Math.min(fitting, MAX_HOURS, Math.max(this.#hours, hours * 4)));
  }
}
