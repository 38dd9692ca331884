import type { ReactNode } from 'react';
import type { Report } from '../api/report.ts';
import { counted } from '../format/counted.ts';
import { csvOf } from '../format/csv.ts';
import type { Column } from './columns.tsx';
import { DataTable } from './data-table.tsx';
import type { EmptyText } from './panel.tsx';
import { Panel } from './panel.tsx';

interface ListPanelProps<T, R> {
  title: string;
  report: Report<T>;
  rows: (data: T) => readonly R[];
  columns: readonly Column<R>[] | ((data: T) => readonly Column<R>[]);
  rowKey: (row: R, index: number) => string;
  sort?: string;
  sortParam: string;
  sorted?: boolean;
  metric?: string;
  definition?: string;
  note?: ReactNode;
  empty?: EmptyText;
  size?: 'half' | 'third' | 'two-thirds';
  /** Whether the API's own table of the answer is this list. */
  csv?: boolean;
  chart?: (data: T) => ReactNode;
  tools?: ReactNode;
  /** What one row is: `person`. */
  noun?: string;
  /** Where the rows are not what is counted. */
  count?: (data: T) => string;
}

/** A list out of an answer, as a table; where there is a chart of it too, the reader chooses. */
export function ListPanel<T, R>(props: ListPanelProps<T, R>) {
  const {
    title,
    report,
    rows,
    columns,
    rowKey,
    sort,
    sortParam,
    sorted = false,
    noun = 'row',
    count,
    csv = true,
    ...rest
  } = props;
  const columnsOf = (data: T): readonly Column<R>[] => (typeof columns === 'function' ? columns(data) : columns);
  return (
    <Panel
      {...rest}
      title={title}
      report={report}
      csv={csv || ((data) => csvOf(columnsOf(data), rows(data)))}
      count={count ?? ((data) => counted(rows(data).length, noun))}
      isEmpty={(data) => rows(data).length === 0}
      table={(data) => (
        <DataTable
          caption={title}
          rows={rows(data)}
          rowKey={rowKey}
          sortParam={sortParam}
          sorted={sorted}
          {...(sort === undefined ? {} : { sort })}
          columns={columnsOf(data)}
        />
      )}
    />
  );
}
