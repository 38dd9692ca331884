import type { DailyFigure } from '../../usage/daily-figure.ts';
import type { PullRequest } from '../../usage/pull-request.ts';
import { FIGURE_COLUMNS, PULL_REQUEST_COLUMNS, newestPullRequests } from '../vendor-rows.ts';
import type { Connection } from './connection.ts';
import { nextGeneration } from './generation.ts';
import { writeValue } from './placed-row.ts';
import { RowBinary } from './row-binary.ts';

const named = (columns: readonly { column: { name: string } }[]): string[] => columns.map(({ column }) => column.name);

const FIGURES = { name: 'daily_figure_row', columns: [...named(FIGURE_COLUMNS), 'generation'] };
const PULL_REQUESTS = { name: 'pull_request_row', columns: [...named(PULL_REQUEST_COLUMNS), 'reading'] };

/** One insert is a generation; of a reporter's day the newest stands. */
export async function replaceFigures(
  connection: Connection,
  org: string,
  figures: readonly DailyFigure[],
): Promise<void> {
  if (figures.length === 0) return;
  const generation = await nextGeneration(connection);
  const rows = new RowBinary();
  for (const figure of figures) {
    for (const { column, read } of FIGURE_COLUMNS) writeValue(rows, column, read({ ...figure, org }));
    rows.u64(generation);
  }
  await connection.insert(FIGURES, rows.bytes);
}

/** The engine keeps the newest reading, of equally new ones the one that knows more commits. */
export async function writePullRequests(
  connection: Connection,
  org: string,
  readings: readonly PullRequest[],
): Promise<void> {
  const rows = new RowBinary();
  for (const reading of newestPullRequests(readings)) {
    for (const { column, read } of PULL_REQUEST_COLUMNS) writeValue(rows, column, read({ ...reading, org }));
    rows.u64(BigInt(reading.readAtMs) * MOST_COMMITS + BigInt(Math.min(reading.commits, Number(MOST_COMMITS) - 1)));
  }
  await connection.insert(PULL_REQUESTS, rows.bytes);
}

const MOST_COMMITS = 1n << 20n;
