/**
 * Where ClickHouse reads the text of reports otherwise than it is meant. What can be set is set in `connection.ts`:
 * nulls of outer joins, names of columns before aliases.
 */
export function portable(text: string): string {
  return (
    text
      // The row before the first is a null, not a zero; so is a sum over nothing. (There is a setting for the latter,
      // but shards apply it once more.)
      .replace(/\b(lag|lead)\(([^(),]+)\)/g, '$1(toNullable($2))')
      .replace(/\b(sum|min|max|avg)\(/g, '$1OrNull(')
      .replace(/\bunnest\(/g, 'arrayJoin(')
      // Counts and constants are unsigned, and no signed number can stand beside them, or their sums, in a CASE.
      .replace(/\bcount\(\*\)(?! (?:OVER|FILTER)\b)/g, 'toInt64(count(*))')
      .replace(/\b(THEN|ELSE) (\d+)(?![\d.])/g, (_, word: string, digits: string) => `${word} ${signed(digits)}`)
  );
}

// The narrower of the two may stand beside a fraction.
const signed = (digits: string): string => (Number(digits) < 2 ** 31 ? `toInt32(${digits})` : `toInt64(${digits})`);
