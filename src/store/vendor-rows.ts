import type { DailyFigure } from '../usage/daily-figure.ts';
import { quarterHour, utcDay } from '../usage/days.ts';
import type { PullRequest } from '../usage/pull-request.ts';
import type { Column, Kind } from './columns.ts';
import type { RowValue } from './rows.ts';

/** Tables of what vendors say beside usage, whatever the engine. */

export interface VendorColumn<T> {
  column: Column;
  read: (value: T & { org: string }) => RowValue;
}

const column = <T>(name: string, kind: Kind, read: VendorColumn<T>['read']): VendorColumn<T> => ({
  column: { name, kind },
  read,
});
const nullable = <T>(name: string, kind: Kind, read: VendorColumn<T>['read']): VendorColumn<T> => ({
  column: { name, kind, nullable: true },
  read,
});

/** Table `daily_figure`; replaced by (org, reporter, day). */
export const FIGURE_COLUMNS: readonly VendorColumn<DailyFigure>[] = [
  column('org', 'text', ({ org }) => org),
  column('reporter', 'text', ({ reporter }) => reporter),
  column('day', 'integer', ({ day }) => day),
  column('assistant', 'text', ({ assistant }) => assistant),
  nullable('actor', 'text', ({ actor }) => actor),
  column('name', 'text', ({ name }) => name),
  column('value', 'integer', ({ value }) => value),
];

/** Table `pull_request`; one row for (org, repository, number). Tools are joined by commas, '' for none. */
export const PULL_REQUEST_COLUMNS: readonly VendorColumn<PullRequest>[] = [
  column('org', 'text', ({ org }) => org),
  column('repository', 'text', ({ repository }) => repository),
  column('number', 'integer', ({ number }) => number),
  column('merged_at_ms', 'integer', ({ mergedAtMs }) => mergedAtMs),
  column('day', 'integer', ({ mergedAtMs }) => utcDay(mergedAtMs)),
  column('quarter_hour', 'integer', ({ mergedAtMs }) => quarterHour(mergedAtMs)),
  nullable('actor', 'text', ({ actor }) => actor),
  nullable('email', 'text', ({ email }) => email),
  column('is_bot', 'flag', ({ isBot }) => isBot),
  column('additions', 'integer', ({ additions }) => additions),
  column('deletions', 'integer', ({ deletions }) => deletions),
  column('commits', 'integer', ({ commits }) => commits),
  column('commit_tools', 'text', ({ commitTools }) => commitTools.join(',')),
  column('other_tools', 'text', ({ otherTools }) => otherTools.join(',')),
  column('read_at_ms', 'integer', ({ readAtMs }) => readAtMs),
];

/** Of several readings of one pull request the newest; of equally new ones the one that knows more commits. */
export function newestPullRequests(rows: readonly PullRequest[]): PullRequest[] {
  const newest = new Map<string, PullRequest>();
  for (const row of rows) {
    const name = `${row.repository}#${row.number}`;
    const known = newest.get(name);
    if (!known || row.readAtMs > known.readAtMs || (row.readAtMs === known.readAtMs && row.commits >= known.commits))
      newest.set(name, row);
  }
  return [...newest.values()];
}
