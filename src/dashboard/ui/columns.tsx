import type { ReactNode } from 'react';
import { figureOf, previousOf, textOf } from '../api/figures.ts';
import { navigate, samePage, useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import { ago, longDay } from '../format/calendar.ts';
import { cellLine, exactly, kindOf } from '../format/figure.ts';
import { metricTitle } from '../format/metrics.ts';
import { valueName } from '../format/names.ts';
import { Delta } from './figure-text.tsx';

export interface Column<R> {
  id: string;
  title: string;
  /** What it is sorted by. */
  value: (row: R) => string | number | null;
  cell: (row: R) => ReactNode;
  numeric?: boolean;
  /** Cannot be sorted by. */
  fixed?: boolean;
}

/** A figure of a row under its own name, every digit as its tooltip. */
export function figureColumn<R extends object>(key: string, title: string = metricTitle(key)): Column<R> {
  const kind = kindOf(key);
  return {
    id: key,
    title,
    numeric: true,
    value: (row) => figureOf(row, key),
    cell: (row) => {
      const value = figureOf(row, key);
      // Seats that nobody used have a price and nothing else.
      const idle = isUnusedSeats(row) && (value ?? 0) === 0;
      return (
        <span title={idle ? undefined : exactly(value, kind)} data-value={value ?? undefined}>
          {idle ? '' : cellLine(value, kind)}
        </span>
      );
    },
  };
}

/** How a figure changed against the period before. */
export function changeColumn<R extends object>(key: string, title = 'Change'): Column<R> {
  const change = (row: R): number | null => {
    const [value, before] = [figureOf(row, key), figureOf(previousOf(row), key)];
    return value === null || before === null || before === 0 ? null : value / before - 1;
  };
  return {
    id: `${key}-change`,
    title,
    numeric: true,
    value: change,
    cell: (row) => {
      const before = previousOf(row);
      if (isUnusedSeats(row)) return null;
      if (before === null) return <NotBefore />;
      return <Delta value={figureOf(row, key)} before={figureOf(before, key)} metric={key} />;
    },
  };
}

/** In the organisation view it may only be that too few were there to tell of. */
const NotBefore = () => (filtersOf(useAddress()).view === 'user' ? <span className="muted">new</span> : null);

/** A figure as a bar beside its number, against the largest of the list. */
export function barColumn<R extends object>(
  key: string,
  rows: readonly R[],
  title: string = metricTitle(key),
): Column<R> {
  const most = Math.max(0, ...rows.map((row) => figureOf(row, key) ?? 0));
  const plain = figureColumn<R>(key, title);
  // Every number in as much room as the longest, or bars would not be of one scale.
  const longest = Math.max(1, ...rows.map((row) => cellLine(figureOf(row, key), kindOf(key)).length));
  return {
    ...plain,
    cell: (row) => (
      <span className="bar" style={{ gridTemplateColumns: `1fr minmax(${longest}ch, auto)` }}>
        {isUnusedSeats(row) ? (
          <span />
        ) : (
          <span className="meter" aria-hidden="true">
            <span style={{ width: `${most === 0 ? 0 : ((figureOf(row, key) ?? 0) / most) * 100}%` }} />
          </span>
        )}
        {plain.cell(row)}
      </span>
    ),
  };
}

/** The name of a row; a click filters by it. */
export function nameColumn<R extends object>(dimension: string, title: string): Column<R> {
  return {
    id: dimension,
    title,
    value: (row) => valueName(dimension, textOf(row, dimension)),
    cell: (row) =>
      isUnusedSeats(row) ? <UnusedSeats /> : <Pick dimension={dimension} value={textOf(row, dimension)} />,
  };
}

/** Seats without use are of nobody: their cost stands in a row of its own. */
export const isUnusedSeats = (row: object): boolean => (row as { unusedSeats?: unknown }).unusedSeats === true;

export const UnusedSeats = () => <span className="muted">Unused seats</span>;

export function Pick({
  dimension,
  value,
  children,
}: {
  dimension: string;
  value: string | null;
  children?: ReactNode;
}) {
  const address = useAddress();
  const name = valueName(dimension, value);
  const text = (
    <bdi className="clip" title={value ?? undefined}>
      {children ?? name}
    </bdi>
  );
  if (value === null) return <span className="muted">{text}</span>;
  return (
    <button
      type="button"
      className="pick"
      aria-label={`Filter by ${name}`}
      onClick={() => navigate(samePage(address, { [dimension]: value, page: null }))}
    >
      {text}
    </button>
  );
}

/** Plain text of a row. */
export function textColumn<R>(id: string, title: string, text: (row: R) => string | null): Column<R> {
  return {
    id,
    title,
    value: text,
    cell: (row) => {
      const shown = text(row);
      return shown === null ? (
        <span className="muted">–</span>
      ) : (
        <bdi className="clip" title={shown}>
          {shown}
        </bdi>
      );
    },
  };
}

/** A calendar day. */
export const dayColumn = <R extends object>(key: string, title = 'Day'): Column<R> => ({
  id: key,
  title,
  value: (row) => textOf(row, key),
  cell: (row) => {
    const day = textOf(row, key);
    return day === null ? <span className="muted">–</span> : longDay(day);
  },
});

/** A moment, by how long ago it was. */
export function agoColumn<R extends object>(key: string, title: string): Column<R> {
  return {
    id: key,
    title,
    value: (row) => textOf(row, key),
    cell: (row) => {
      const at = textOf(row, key);
      return at === null ? <span className="muted">never</span> : <span title={at}>{ago(at, Date.now())}</span>;
    },
  };
}

const TRENDS = { growing: ['↗', 'growing'], flat: ['→', 'steady'], declining: ['↘', 'declining'] } as const;

/** Whether somebody's or something's use grows. */
export function trendColumn<R extends object>(): Column<R> {
  return {
    id: 'trend',
    title: 'Trend',
    value: (row) => textOf(row, 'trend'),
    cell: (row) => {
      const [arrow, word] = TRENDS[textOf(row, 'trend') as keyof typeof TRENDS] ?? ['', '–'];
      return (
        <span className="delta">
          <span aria-hidden="true">{arrow}</span> {word}
        </span>
      );
    },
  };
}
