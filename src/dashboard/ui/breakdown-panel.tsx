import type { ReactNode } from 'react';
import { otherPage, useAddress } from '../address/address.ts';
import { Link } from '../address/link.tsx';
import type { Row, Rows } from '../api/figures.ts';
import { textOf } from '../api/figures.ts';
import type { Extra } from '../api/report.ts';
import { onlyFigures, useReport } from '../api/report.ts';
import { counted } from '../format/counted.ts';
import { metricTitle } from '../format/metrics.ts';
import type { Column } from './columns.tsx';
import { barColumn, changeColumn, figureColumn, isUnusedSeats, nameColumn } from './columns.tsx';
import { DataTable } from './data-table.tsx';
import type { EmptyText } from './panel.tsx';
import { Panel } from './panel.tsx';

/** What a list can be of; the API's own words. */
export type By =
  | 'assistant'
  | 'model'
  | 'project'
  | 'repository'
  | 'agent'
  | 'user'
  | 'team'
  | 'department'
  | 'organization'
  | 'product'
  | 'tier';

interface BreakdownPanelProps {
  title: string;
  by: By;
  /** What one row is called. */
  one: string;
  /** Drawn as bars, and what the list is sorted by at first. */
  bar: string;
  figures: readonly string[];
  /** The figure whose change stands in the last column. */
  change?: string;
  name?: Column<Row>;
  extra?: Extra;
  note?: ReactNode;
  tools?: ReactNode;
  size?: 'half' | 'third' | 'two-thirds';
  empty?: EmptyText;
}

/** Of people a panel shows those of most; everybody has a page of its own. */
const MOST_PEOPLE = 100;

/** Usage by one thing: a bar, figures and the change of each. A click on a name filters by it. */
export function BreakdownPanel(props: BreakdownPanelProps) {
  const { title, by, one, bar, figures, change = bar, name, extra = {}, note, tools, size, empty } = props;
  const address = useAddress();
  const shownFigures = [bar, ...figures, change];
  const chosen = (address.params.get(`${by}-sort`) ?? '').replace(/^-/, '');
  const most = shownFigures.includes(chosen) ? chosen : bar;
  const report = useReport<Rows>('breakdown', {
    extra: {
      ...{ ...extra, by, ...onlyFigures(shownFigures) },
      ...(by === 'user' ? { sort: most, limit: String(MOST_PEOPLE) } : {}),
    },
  });
  const isCut = typeof report.query.data?.nextCursor === 'string';
  const said = isCut ? (
    <>
      The {MOST_PEOPLE} people with the most: {metricTitle(most)}.{' '}
      <Link to={otherPage(address, '/users', extra.assistant === undefined ? {} : { assistant: extra.assistant })}>
        Everybody
      </Link>
    </>
  ) : (
    note
  );
  // Seats that nobody used have a cost and nothing else.
  const withCost = [bar, ...figures].some((key) => /^(?:cost|subscriptionCost)Micros$/.test(key));
  const shown = ({ rows }: Rows): readonly Row[] => (withCost ? rows : rows.filter((row) => !isUnusedSeats(row)));
  return (
    <Panel
      title={title}
      report={report}
      metric={bar}
      count={({ rows }) => counted(rows.filter((row) => !isUnusedSeats(row)).length, one.toLowerCase())}
      isEmpty={({ rows }) => rows.length === 0}
      {...(said === undefined ? {} : { note: said })}
      {...(tools === undefined ? {} : { tools })}
      {...(size === undefined ? {} : { size })}
      {...(empty === undefined ? {} : { empty })}
      table={(data) => (
        <DataTable
          caption={title}
          rows={shown(data)}
          rowKey={(row, i) => textOf(row, by) ?? `none-${i}`}
          sortParam={`${by}-sort`}
          sort={`-${bar}`}
          columns={[
            name ?? nameColumn(by, one),
            barColumn(bar, data.rows),
            ...figures.map((key) => figureColumn<Row>(key)),
            changeColumn(change, change === 'activeDays' ? 'Usage trend' : 'Change'),
          ]}
        />
      )}
    />
  );
}
