import { utcDay } from './days.ts';
import type { PricedValues, UsageEvent } from './event.ts';
import { matchRows } from './price-match.ts';
import type { PriceRow, PriceTable } from './price-table.ts';
import { bundledPriceTable, priceTableVersion, standardPrices } from './price-table.ts';
import type { BilledTokens, Rates } from './rates.ts';
import { ratesFrom, savingsMicros, valueMicros } from './rates.ts';

/** What of an event decides its price. */
export type PricedCall = BilledTokens &
  Pick<
    UsageEvent,
    'assistant' | 'granularity' | 'atMs' | 'model' | 'webSearches' | 'speed' | 'serviceTier' | 'inferenceGeo'
  >;

/** A row of the price table with all that applies to one call. */
interface CallPrice {
  row: PriceRow;
  rates: Rates;
  searchMicros: number;
}

export interface PriceBook {
  /** To stamp what was priced with it: the table's date and a hash of its content. */
  readonly version: string;
  readonly table: PriceTable;
  /**
   * What the call would have cost at list price on its own UTC day, in integer micro-dollars, rounded once, half up.
   * Null (unpriced, which is not zero) for a model or day that the table does not know, and for token counts that
   * are no counts. Long-prompt prices hold for a whole request, and never for a day's sum.
   */
  listMicros(call: PricedCall): number | null;
  /** What the prompt cache saved, integer micro-dollars, negative where it cost; null as above. */
  cacheSavingsMicros(call: PricedCall): number | null;
  /** Both at once. */
  valuesOf(call: PricedCall): PricedValues;
  /** The prices behind both figures; null as above. */
  priceOf(call: PricedCall): CallPrice | null;
}

/** A price book over a checked table (see `price-table-schema.ts`), by default the bundled one. */
export function createPriceBook(table: PriceTable = bundledPriceTable()): PriceBook {
  const rowsOf = matchRows(table.models, (row) => compileRow(row, table.serverTools.anthropicWebSearchPer1k));
  const last = new LastPrice();
  const priceOf = (call: PricedCall): CallPrice | null => {
    if (call.model === null || !countable(call)) return null;
    const day = utcDay(call.atMs);
    if (last.holdsFor(call, day)) return last.price;
    const row = rowsOf(call.assistant, call.model).find(({ from, to }) => from <= day && day <= to);
    const price = row?.priceOf(call, call.model) ?? null;
    last.keep(call, day, price);
    return price;
  };
  let version: string | undefined;
  return {
    get version() {
      return (version ??= priceTableVersion(table));
    },
    table,
    priceOf,
    listMicros(call) {
      const price = priceOf(call);
      return price && listValue(call, price);
    },
    cacheSavingsMicros(call) {
      const price = priceOf(call);
      return price && savingsMicros(call, price.rates);
    },
    valuesOf(call) {
      const price = priceOf(call);
      if (price === null) return UNPRICED;
      return { listMicros: listValue(call, price), cacheSavingsMicros: savingsMicros(call, price.rates) };
    },
  };
}

/** Calls come by the thousand that are alike in all that decides their price, but for how long their prompts are. */
class LastPrice {
  price: CallPrice | null = null;
  #day = NaN;
  #assistant = '';
  #model: string | null = null;
  #speed: string | null = null;
  #tier: string | null = null;
  #geo: string | null = null;

  holdsFor(call: PricedCall, day: number): boolean {
    return (
      day === this.#day &&
      call.model === this.#model &&
      call.assistant === this.#assistant &&
      call.speed === this.#speed &&
      call.serviceTier === this.#tier &&
      call.inferenceGeo === this.#geo
    );
  }

  keep(call: PricedCall, day: number, price: CallPrice | null): void {
    this.price = price;
    // A row with a tier has another price for long prompts.
    this.#day = price?.row.tier === null ? day : NaN;
    this.#assistant = call.assistant;
    this.#model = call.model;
    this.#speed = call.speed;
    this.#tier = call.serviceTier;
    this.#geo = call.inferenceGeo;
  }
}

const UNPRICED: PricedValues = { listMicros: null, cacheSavingsMicros: null };

function listValue(call: PricedCall, { rates, searchMicros }: CallPrice): number | null {
  const tokens = valueMicros(call, rates);
  if (tokens === null) return null;
  const micros = tokens + (call.webSearches ?? 0) * searchMicros;
  return Number.isSafeInteger(micros) ? micros : null;
}

interface DatedRow {
  /** UTC days, both inclusive. */
  from: number;
  to: number;
  priceOf(call: PricedCall, model: string): CallPrice | null;
}

function compileRow(row: PriceRow, searchPer1k: number): DatedRow {
  const searchMicros = row.provider === 'anthropic' ? Math.round(searchPer1k * 1_000) : 0;
  // At most sixteen combinations of modifiers, each worked out when it first occurs.
  const made: (CallPrice | null | undefined)[] = [];
  return {
    from: row.effectiveFrom === null ? -Infinity : utcDay(Date.parse(row.effectiveFrom)),
    to: row.effectiveTo === null ? Infinity : utcDay(Date.parse(row.effectiveTo)),
    priceOf(call, model) {
      const long = isLong(row, call);
      const fast = isFast(row, call, model);
      const us = equals(call.inferenceGeo, 'us');
      const batch = isBatch(row, call);
      const index = Number(long) + 2 * Number(fast) + 4 * Number(us) + 8 * Number(batch);
      const kept = made[index];
      if (kept !== undefined) return kept;
      const list = long ? row.tier : standardPrices(row);
      const multipliers = [fast && row.fastMultiplier, us && row.usMultiplier, batch && row.batchMultiplier];
      const applied = multipliers.filter((value): value is number => typeof value === 'number');
      return (made[index] = list && { row, rates: ratesFrom(list, applied), searchMicros });
    },
  };
}

const equals = (value: string | null, word: string): boolean => value !== null && value.toLowerCase() === word;

/** The prompt is all that was sent, cached or not. Daily sums cannot tell how long their prompts were. */
function isLong(row: PriceRow, call: PricedCall): boolean {
  if (row.tier === null || call.granularity === 'day') return false;
  const prompt = call.inputTokens + call.cacheReadTokens + call.cacheWrite5mTokens + call.cacheWrite1hTokens;
  return prompt > row.tier.thresholdTokens;
}

/** Names end in `-fast`, or in ` Fast` in Cursor's prose; a row that is named so has the price in it already. */
function isFast(row: PriceRow, call: PricedCall, model: string): boolean {
  if (row.fastMultiplier === undefined || FAST_NAME.test(row.model)) return false;
  // OpenAI's priority processing is its fast mode. Anthropic's tier of that name is a commitment, at other prices.
  const priority = row.provider === 'openai' && equals(call.serviceTier, 'priority');
  return priority || equals(call.speed, 'fast') || FAST_NAME.test(model);
}
const FAST_NAME = /[- ]fast(?:\[1m\])?(?: \([^)]*\))?$/i;

/** OpenAI's flex processing costs as its batches do. */
const isBatch = (row: PriceRow, call: PricedCall): boolean =>
  equals(call.serviceTier, 'batch') || (row.provider === 'openai' && equals(call.serviceTier, 'flex'));

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

const countable = (call: PricedCall): boolean =>
  isCount(call.inputTokens) &&
  isCount(call.outputTokens) &&
  isCount(call.cacheReadTokens) &&
  isCount(call.cacheWrite5mTokens) &&
  isCount(call.cacheWrite1hTokens) &&
  isCount(call.webSearches ?? 0);
