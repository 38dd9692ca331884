import type { Column } from '../ui/columns.tsx';

/** A text that a spreadsheet takes for a formula gets an apostrophe, as the server's own tables have. */
const safe = (text: string): string => (/^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text);

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** What a table shows, as CSV: for lists of which the API has no table of its own. */
export function csvOf<R>(columns: readonly Column<R>[], rows: readonly R[]): string {
  const named = columns.filter(({ title }) => title !== '');
  const lines = [
    named.map(({ title }) => title),
    ...rows.map((row) => named.map(({ value }) => String(value(row) ?? ''))),
  ];
  return lines.map((cells) => `${cells.map((cell) => quoted(safe(cell))).join(',')}\r\n`).join('');
}
