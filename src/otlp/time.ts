// A client's clock may be wrong, but not by decades; a number outside is another unit or a defect.
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

const plausible = (ms: number): number | null => (ms >= EARLIEST && ms < LATEST ? ms : null);

/** Nanoseconds as decimal digits or as a number, to milliseconds; null where unset or absurd. */
export function nanosToMs(nanos: string | number | bigint): number | null {
  if (typeof nanos === 'bigint') return plausible(Number(nanos / 1_000_000n));
  // A double holds today's nanoseconds to 256 ns: what was a whole microsecond is found again by rounding.
  if (typeof nanos === 'number') return plausible(Math.floor(Math.round(nanos / 1e3) / 1e3));
  return /^\d{7,19}$/.test(nanos) ? plausible(Number(nanos.slice(0, -6))) : null;
}

/** `event.timestamp`: ISO 8601. */
export function isoToMs(text: string): number | null {
  return /^\d{4}-\d\d-\d\dT/.test(text) ? plausible(Date.parse(text)) : null;
}
