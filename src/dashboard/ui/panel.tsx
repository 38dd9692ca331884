import type { ReactNode } from 'react';
import { useEffect, useId, useState } from 'react';
import { useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import type { Report } from '../api/report.ts';
import { preloadCharts } from '../charts/lazy.tsx';
import { clock } from '../format/calendar.ts';
import { Command } from './command.tsx';
import { Definition } from './definition.tsx';
import { Failed } from './failed.tsx';
import { Segmented } from './segmented.tsx';

export interface EmptyText {
  title: string;
  text?: string;
  command?: string;
}

interface PanelProps<T> {
  title: string;
  report: Report<T>;
  /** The metric whose definition stands behind the title, or a text of its own. */
  metric?: string;
  definition?: string;
  note?: ReactNode;
  /** How many of what the panel rests on: `1,204 requests`. */
  count?: (data: T) => string | null;
  isEmpty?: (data: T) => boolean;
  empty?: EmptyText;
  /** With both a chart and a table, the reader chooses. */
  chart?: (data: T) => ReactNode;
  table?: (data: T) => ReactNode;
  tools?: ReactNode;
  size?: 'half' | 'third' | 'two-thirds';
  /** The API's own table; where it has none, what the panel shows as one, or nothing. */
  csv?: boolean | ((data: T) => string);
  /** Lines of the skeleton, for about the height of what will come. */
  lines?: number;
}

const FORMS = [
  ['chart', 'Chart'],
  ['table', 'Table'],
] as const;

/** Where something is filtered, data is there: nobody has to set anything up. */
const NOTHING_SO: EmptyText = {
  title: 'Nothing matches',
  text: 'Widen the period, or take a filter away.',
};
const NOTHING: EmptyText = {
  title: 'Nothing in this period',
  text: 'Widen the period or take a filter away. Data comes from developers’ machines once metering is set up there:',
  command: 'revenium-metering setup',
};

/** The table has all figures, whichever of them the panel shows. */
function withCsv(url: string): string {
  const [path = '', search = ''] = url.split('?');
  const params = new URLSearchParams(search);
  params.delete('fields');
  params.set('format', 'csv');
  return `${path}?${params.toString()}`;
}

/** One question and its answer: title, meaning, picture or table, how much it rests on, and where else to get it. */
export function Panel<T>(props: PanelProps<T>) {
  const {
    title,
    report,
    metric,
    definition,
    note,
    count,
    isEmpty,
    empty,
    chart,
    table,
    tools,
    size,
    csv = true,
    lines = 6,
  } = props;
  const { data, error, refetch, dataUpdatedAt, isPlaceholderData } = report.query;
  const [form, setForm] = useState<'chart' | 'table'>('chart');
  const { tz, values } = filtersOf(useAddress());
  const isFiltered = Object.values(values).some((chosen) => chosen.length > 0);
  const heading = useId();
  useEffect(() => {
    if (chart !== undefined) preloadCharts();
    // Once: a panel does not change whether it has a chart.
  }, []);
  const isTable = table !== undefined && (chart === undefined || form === 'table');
  const shown = isTable ? table : chart;
  const bare = data !== undefined && isEmpty?.(data) === true;
  return (
    <section
      className={`panel ${size ?? ''}`}
      aria-labelledby={heading}
      aria-busy={(data === undefined && !error) || isPlaceholderData}
    >
      <header className="panel-head">
        <h2>
          <span id={heading}>{title}</span>
          {(metric !== undefined || definition !== undefined) && (
            <Definition
              title={title}
              {...(metric === undefined ? {} : { metric })}
              {...(definition === undefined ? {} : { text: definition })}
            />
          )}
        </h2>
        <div className="panel-tools">
          {tools}
          {chart !== undefined && table !== undefined && (
            <Segmented label={`Form of ${title}`} options={FORMS} value={form} choose={setForm} small />
          )}
        </div>
      </header>
      {note !== undefined && <p className="panel-note">{note}</p>}
      <div className={`panel-body ${isTable && data !== undefined && !bare ? 'flush' : ''}`}>
        {data === undefined && error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : data === undefined ? (
          <Skeleton lines={lines} />
        ) : bare ? (
          <Empty {...(empty ?? (isFiltered ? NOTHING_SO : NOTHING))} />
        ) : (
          shown?.(data)
        )}
      </div>
      <footer className="panel-foot">
        {data !== undefined && count?.(data)}
        {dataUpdatedAt > 0 && <span>as of {clock(dataUpdatedAt, tz)}</span>}
        {data !== undefined && error !== null && <span role="status">the last refresh failed</span>}
        <span className="links no-print">
          <a href={report.url} target="_blank" rel="noreferrer" aria-label={`API call of ${title}`}>
            API
          </a>
          {csv === true && (
            <a href={withCsv(report.url)} download aria-label={`CSV of ${title}`}>
              CSV
            </a>
          )}
          {typeof csv === 'function' && data !== undefined && (
            <button
              type="button"
              className="link"
              aria-label={`CSV of ${title}`}
              onClick={() => save(title, csv(data))}
            >
              CSV
            </button>
          )}
        </span>
      </footer>
    </section>
  );
}

/** A file out of what is here already. */
function save(title: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = `${title.toLowerCase().replace(/\W+/g, '-')}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function Skeleton({ lines }: { lines: number }) {
  return (
    <div aria-hidden="true" style={{ display: 'grid', gap: '0.75rem', padding: '0.5rem 0' }}>
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} className="skeleton" style={{ height: '1.25rem', width: `${100 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

export function Empty({ title, text, command }: EmptyText) {
  return (
    <div className="notice">
      <strong>{title}</strong>
      {text !== undefined && <span>{text}</span>}
      {command !== undefined && <Command text={command} />}
    </div>
  );
}
