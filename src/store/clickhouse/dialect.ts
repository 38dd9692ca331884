/**
 * Where ClickHouse reads the text of reports otherwise than it is meant. What can be set is set in `connection.ts`:
 * nulls of outer joins and of sums over nothing, names of columns before aliases.
 */
export function portable(text: string): string {
  return (
    text
      // The row before the first is a null, not a zero.
      .replace(/\b(lag|lead)\(([^(),]+)\)/g, '$1(toNullable($2))')
      .replace(/\bunnest\(/g, 'arrayJoin(')
      // Counts and constants are unsigned, and no signed number can stand beside them, or their sums, in a CASE.
      .replace(/\bcount\(\*\)(?! (?:OVER|FILTER)\b)/g, 'toInt64(count(*))')
      .replace(/\b(THEN|ELSE) (\d+)(?![\d.])/g, '$1 toInt64($2)')
  );
}
