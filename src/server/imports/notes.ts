import type { CsvFormat, ImportHints, Remark } from '../../vendors/csv/format.ts';

const REMARKS: Readonly<Record<Remark, string>> = {
  'other-products': 'of products that are no coding assistants were left out',
  'no-milliseconds': "have no milliseconds, so that they cannot be known for the rows of Cursor's API",
  'totals-differ': 'do not add up to their total; they were taken as they are',
  repeated: 'speak of the same as a row before them, with other figures; the larger figures stand',
};

const rows = (count: number): string => (count === 1 ? '1 row' : `${count} rows`);

/** What is worth saying of rows that were no fault, as a sentence. */
export const noteOf = (remark: Remark, count: number): string => `${rows(count)}: ${REMARKS[remark]}`;

/** How totals of several days were divided. */
export function periodNote({ totals }: CsvFormat, { period }: ImportHints): string[] {
  const days = totals && period ? period.toDay - period.fromDay : 1;
  if (days <= 1) return [];
  return [`totals of ${days} days, divided among them evenly: export single days for figures by day`];
}

const MOST_NAMED = 5;

export function unreadNote(titles: readonly string[]): string[] {
  if (titles.length === 0) return [];
  const more = titles.length > MOST_NAMED ? ` and ${titles.length - MOST_NAMED} more` : '';
  return [`columns that are not read: ${titles.slice(0, MOST_NAMED).map(short).join(', ')}${more}`];
}

const short = (title: string): string => (title.length > 40 ? `${title.slice(0, 40)}…` : title);
