import type { PriceBook, PricedCall } from '../usage/pricing.ts';

/** A call of a history, as far as sums go. */
export interface CountedCall extends PricedCall {
  partial: boolean;
  /** Lines that reported it. */
  lines: number;
}

/** What a history import comes to, or a part of it. */
export class ImportTotals {
  records = 0;
  /** Lines that said again what another had said. */
  duplicates = 0;
  partial = 0;
  input = 0;
  output = 0;
  cacheRead = 0;
  cacheWrite5m = 0;
  cacheWrite1h = 0;
  apiEquivalentMicros = 0;
  unpricedRecords = 0;
  /** Milliseconds UTC of the first and the last call; null without any. */
  firstMs: number | null = null;
  lastMs: number | null = null;

  add(call: CountedCall, micros: number | null): void {
    this.records += 1;
    this.duplicates += call.lines - 1;
    if (call.partial) this.partial += 1;
    this.input += call.inputTokens;
    this.output += call.outputTokens;
    this.cacheRead += call.cacheReadTokens;
    this.cacheWrite5m += call.cacheWrite5mTokens;
    this.cacheWrite1h += call.cacheWrite1hTokens;
    if (micros === null) this.unpricedRecords += 1;
    else this.apiEquivalentMicros += micros;
    if (this.firstMs === null || call.atMs < this.firstMs) this.firstMs = call.atMs;
    if (this.lastMs === null || call.atMs > this.lastMs) this.lastMs = call.atMs;
  }

  get tokens(): number {
    return this.input + this.output + this.cacheRead + this.cacheWrite5m + this.cacheWrite1h;
  }
}

/** The whole, and beside it sums by day, model and project where they are wanted. */
export class ImportSummary {
  readonly total = new ImportTotals();
  readonly days = new Map<string, ImportTotals>();
  readonly models = new Map<string, ImportTotals>();
  readonly projects = new Map<string, ImportTotals>();
  readonly #prices: PriceBook;
  readonly #dayOf: ((ms: number) => string) | null;

  /** `dayOf`: the day of a time; null: no groups. */
  constructor(prices: PriceBook, dayOf: ((ms: number) => string) | null) {
    this.#prices = prices;
    this.#dayOf = dayOf;
  }

  add(call: CountedCall, project: string | null): void {
    const micros = this.#prices.listMicros(call);
    this.total.add(call, micros);
    if (this.#dayOf === null) return;
    totalsOf(this.days, this.#dayOf(call.atMs)).add(call, micros);
    totalsOf(this.models, call.model ?? '–').add(call, micros);
    totalsOf(this.projects, project ?? '–').add(call, micros);
  }
}

function totalsOf(groups: Map<string, ImportTotals>, name: string): ImportTotals {
  const known = groups.get(name);
  if (known) return known;
  const made = new ImportTotals();
  groups.set(name, made);
  return made;
}
