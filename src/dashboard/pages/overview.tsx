import type { Rows } from '../api/figures.ts';
import { textOf } from '../api/figures.ts';
import type { Report } from '../api/report.ts';
import { useReport } from '../api/report.ts';
import { figureLine } from '../format/figure.ts';
import { barColumn, changeColumn, figureColumn, nameColumn } from '../ui/columns.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Headlines } from '../ui/headlines.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { TrendPanel } from '../ui/trend-panel.tsx';

/** What a leader opens on Monday. */
export function Overview() {
  const summary = useReport<object>('summary');
  const models = useReport<Rows>('cost-breakdown', { extra: { by: 'model' } });
  const people = useReport<Rows>('cost-breakdown', { extra: { by: 'user' } });
  return (
    <Page title="Overview">
      <Headlines
        report={summary}
        items={[
          { metric: 'uniqueUsers' },
          { metric: 'totalSessions' },
          { metric: 'totalTokens' },
          { metric: 'apiEquivalentMicros' },
          { metric: 'costMicros' },
          { metric: 'averageCostPerSessionMicros' },
        ]}
      />
      <TrendPanel />
      <Breakdown title="Models" dimension="model" report={models} />
      <Breakdown title="People" dimension="user" report={people} />
    </Page>
  );
}

function Breakdown({ title, dimension, report }: { title: string; dimension: string; report: Report<Rows> }) {
  return (
    <Panel
      title={title}
      report={report}
      size="half"
      metric="costMicros"
      count={({ rows }) => `${figureLine(rows.length, 'count')} rows`}
      isEmpty={({ rows }) => rows.length === 0}
      table={({ rows }) => (
        <DataTable
          caption={title}
          rows={rows}
          rowKey={(row, i) => textOf(row, dimension) ?? `none-${i}`}
          sortParam={`${dimension}-sort`}
          sort="-costMicros"
          columns={[
            nameColumn(dimension, title.replace(/s$/, '')),
            barColumn('costMicros', rows),
            figureColumn('totalSessions'),
            figureColumn('totalTokens'),
            changeColumn('costMicros'),
          ]}
        />
      )}
    />
  );
}
