const UNITS = ['', 'K', 'M', 'B', 'T'];

/** `941` `620.3K` `2.1M`: for people, to one decimal. */
export function shortCount(count: number): string {
  let value = count;
  let unit = 0;
  // 999,950 would be written as 1000.0K.
  while (value >= (unit === 0 ? 1000 : 999.95) && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? String(value) : `${value.toFixed(1)}${UNITS[unit] ?? ''}`;
}
