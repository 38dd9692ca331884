import type { ColumnDef, Row, SortingState } from '@tanstack/react-table';
import { getCoreRowModel, getSortedRowModel, useReactTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useMemo, useState, useSyncExternalStore } from 'react';
import { navigate, samePage, useAddress } from '../address/address.ts';
import type { Column } from './columns.tsx';

interface DataTableProps<R> {
  /** Read out first; shown to nobody's eyes, because the panel's title says the same. */
  caption: string;
  rows: readonly R[];
  columns: readonly Column<R>[];
  rowKey: (row: R, index: number) => string;
  /** Which parameter of the address holds the sort; `-cost` is descending. */
  sortParam?: string;
  /** For a parameter that is absent. */
  sort?: string;
  /** The server sorts: rows stand as they come. */
  sorted?: boolean;
}

/** From here on only the rows in sight are drawn. */
const MANY_ROWS = 100;
const ROW_HEIGHT = 35;

const sortingOf = (text: string | null): SortingState =>
  text === null || text === '' ? [] : [{ id: text.replace(/^-/, ''), desc: text.startsWith('-') }];

const definitionOf = <R,>(column: Column<R>): ColumnDef<R> => ({
  id: column.id,
  accessorFn: (row) => column.value(row) ?? undefined,
  sortUndefined: 'last',
  sortDescFirst: column.numeric === true,
  sortingFn: column.numeric === true ? 'basic' : 'alphanumeric',
});

/** A real table: caption, `aria-sort`, sorting in the address, thousands of rows. */
export function DataTable<R>(props: DataTableProps<R>) {
  const { caption, rows, columns, rowKey, sortParam = 'sort', sort, sorted = false } = props;
  const address = useAddress();
  const wanted = address.params.get(sortParam) ?? sort ?? null;
  const sorting = useMemo(() => sortingOf(wanted), [wanted]);
  // What a column shows may change with every drawing; what it is sorted by only with its name.
  const shape = columns.map(({ id }) => id).join('\n');
  const definitions = useMemo(() => columns.map(definitionOf), [shape, rows]);
  const table = useReactTable({
    data: rows as R[],
    columns: definitions,
    state: { sorting },
    manualSorting: sorted,
    enableSortingRemoval: false,
    // There are no pages here; looking for them to reset would draw the table again and again.
    autoResetAll: false,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    getRowId: (row, index) => rowKey(row, index),
  });
  const sortBy = (id: string, numeric: boolean): void => {
    const [now] = sorting;
    const desc = now?.id === id ? !now.desc : numeric;
    navigate(samePage(address, { [sortParam]: `${desc ? '-' : ''}${id}`, page: null }), { replace: true });
  };
  const all = table.getRowModel().rows;
  const [active] = sorting;
  // Not a ref alone: the rows are mounted before what they scroll in, and are to be drawn once that is there.
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  return (
    <div className="table-scroll" ref={setScroller} tabIndex={0} role="region" aria-label={caption}>
      <table className="table" aria-rowcount={all.length + 1}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.id} column={column} active={active} sortBy={sortBy} />
            ))}
          </tr>
        </thead>
        <Body all={all} columns={columns} scroller={scroller} />
      </table>
    </div>
  );
}

interface HeadProps<R> {
  column: Column<R>;
  active: SortingState[number] | undefined;
  sortBy: (id: string, numeric: boolean) => void;
}

function Head<R>({ column: { id, title, fixed, numeric = false }, active, sortBy }: HeadProps<R>) {
  const align = numeric ? 'number' : '';
  if (fixed === true)
    return (
      <th scope="col" className={align}>
        {title === '' ? <span className="visually-hidden">Actions</span> : title}
      </th>
    );
  const direction = active?.id === id ? (active.desc ? 'descending' : 'ascending') : 'none';
  return (
    <th scope="col" className={align} aria-sort={direction}>
      <button type="button" className="sort" onClick={() => sortBy(id, numeric)}>
        {title}
        <span className="arrow" aria-hidden="true">
          {direction === 'none' ? '' : direction === 'descending' ? '↓' : '↑'}
        </span>
      </button>
    </th>
  );
}

const PAPER = window.matchMedia('print');

const subscribePaper = (listener: () => void): (() => void) => {
  PAPER.addEventListener('change', listener);
  return () => PAPER.removeEventListener('change', listener);
};

/** On paper nobody scrolls. */
const usePrinting = (): boolean => useSyncExternalStore(subscribePaper, () => PAPER.matches);

interface BodyProps<R> {
  all: readonly Row<R>[];
  columns: readonly Column<R>[];
  scroller: HTMLDivElement | null;
}

/** Apart from the table, so that scrolling draws no more than what comes into sight. */
function Body<R>({ all, columns, scroller }: BodyProps<R>) {
  const printing = usePrinting();
  const many = all.length > MANY_ROWS && !printing;
  const virtual = useVirtualizer({
    count: all.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    enabled: many,
  });
  const items = many ? virtual.getVirtualItems() : null;
  const drawn = items?.map(({ index }) => index) ?? all.map((_, index) => index);
  const before = items?.[0]?.start ?? 0;
  const after = items === null ? 0 : virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <tbody>
      {before > 0 && <Spacer height={before} columns={columns.length} />}
      {drawn.map((index) => {
        const row = all[index];
        return row && <Line key={row.id} id={row.id} place={index + 2} row={row.original} columns={columns} />;
      })}
      {after > 0 && <Spacer height={after} columns={columns.length} />}
    </tbody>
  );
}

interface LineProps<R> {
  id: string;
  /** Among all rows, the head's being the first. */
  place: number;
  row: R;
  columns: readonly Column<R>[];
}

const LineOf = <R,>({ id, place, row, columns }: LineProps<R>) => (
  <tr data-key={id} aria-rowindex={place}>
    {columns.map((column) => (
      <td key={column.id} data-column={column.id} className={column.numeric === true ? 'number' : 'name'}>
        {column.cell(row)}
      </td>
    ))}
  </tr>
);
// `memo` forgets that a component is generic.
const Line = memo(LineOf) as typeof LineOf;

const Spacer = ({ height, columns }: { height: number; columns: number }) => (
  <tr aria-hidden="true">
    <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
  </tr>
);
