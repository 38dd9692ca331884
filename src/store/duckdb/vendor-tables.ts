import type { DuckDBConnection } from '@duckdb/node-api';
import { BIGINT, LIST, VARCHAR, listValue } from '@duckdb/node-api';
import type { DailyFigure } from '../../usage/daily-figure.ts';
import type { PullRequest } from '../../usage/pull-request.ts';
import { FIGURE_COLUMNS, PULL_REQUEST_COLUMNS, newestPullRequests } from '../vendor-rows.ts';
import { appendRows } from './table.ts';

/** In the connection's open transaction. */
export async function replaceFigures(
  connection: DuckDBConnection,
  org: string,
  figures: readonly DailyFigure[],
): Promise<void> {
  for (const reporter of new Set(figures.map((figure) => figure.reporter))) {
    const days = new Set(figures.flatMap((figure) => (figure.reporter === reporter ? [BigInt(figure.day)] : [])));
    await connection.run(
      'DELETE FROM daily_figure WHERE org = $1 AND reporter = $2 AND day IN (SELECT unnest($3))',
      [org, reporter, listValue([...days])],
      [VARCHAR, VARCHAR, LIST(BIGINT)],
    );
  }
  await appendRows(
    connection,
    'daily_figure',
    FIGURE_COLUMNS,
    figures.map((figure) => ({ ...figure, org })),
  );
}

/** In the connection's open transaction. */
export async function writePullRequests(
  connection: DuckDBConnection,
  org: string,
  rows: readonly PullRequest[],
): Promise<void> {
  const fresh = newestPullRequests(rows);
  const repositories = [...new Set(fresh.map(({ repository }) => repository))];
  const reader = await connection.runAndReadAll(
    'SELECT repository, number, read_at_ms, rowid FROM pull_request WHERE org = $1 AND repository IN (SELECT unnest($2))',
    [org, listValue(repositories)],
    [VARCHAR, LIST(VARCHAR)],
  );
  const known = new Map(
    (reader.getRowsJS() as [string, bigint, bigint, bigint][]).map(([repository, number, readAtMs, rowid]) => [
      `${repository}#${number}`,
      { readAtMs: Number(readAtMs), rowid },
    ]),
  );
  const newer = fresh.filter((row) => (known.get(`${row.repository}#${row.number}`)?.readAtMs ?? 0) <= row.readAtMs);
  const replaced = newer.flatMap((row) => known.get(`${row.repository}#${row.number}`)?.rowid ?? []);
  if (replaced.length > 0)
    await connection.run(
      'DELETE FROM pull_request WHERE rowid IN (SELECT unnest($1))',
      [listValue(replaced)],
      [LIST(BIGINT)],
    );
  await appendRows(
    connection,
    'pull_request',
    PULL_REQUEST_COLUMNS,
    newer.map((row) => ({ ...row, org })),
  );
}
