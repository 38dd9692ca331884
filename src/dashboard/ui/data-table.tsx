import type { ColumnDef, SortingState } from '@tanstack/react-table';
import { flexRender, getCoreRowModel, getSortedRowModel, useReactTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
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

/** A real table: caption, `aria-sort`, sorting in the address, thousands of rows. */
export function DataTable<R>({
  caption,
  rows,
  columns,
  rowKey,
  sortParam = 'sort',
  sort,
  sorted = false,
}: DataTableProps<R>) {
  const address = useAddress();
  const sorting = sortingOf(address.params.get(sortParam) ?? sort ?? null);
  const definitions = columns.map((column): ColumnDef<R> => ({
    id: column.id,
    accessorFn: (row) => column.value(row) ?? undefined,
    header: column.title,
    sortUndefined: 'last',
    sortDescFirst: column.numeric === true,
    sortingFn: column.numeric === true ? 'basic' : 'alphanumeric',
  }));
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
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: all.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 20,
    enabled: all.length > MANY_ROWS,
  });
  const items = all.length > MANY_ROWS ? virtual.getVirtualItems() : null;
  const drawn = items === null ? all : items.flatMap(({ index }) => all[index] ?? []);
  const before = items?.[0]?.start ?? 0;
  const after = items === null ? 0 : virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const byId = new Map(columns.map((column) => [column.id, column]));
  const [active] = sorting;
  return (
    <div className="table-scroll" ref={scroller} tabIndex={0} role="region" aria-label={caption}>
      <table className="table" aria-rowcount={all.length + 1}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => {
              const direction = active?.id === column.id ? (active.desc ? 'descending' : 'ascending') : 'none';
              const align = column.numeric === true ? 'number' : '';
              if (column.fixed === true)
                return (
                  <th key={column.id} scope="col" className={align}>
                    {column.title}
                  </th>
                );
              return (
                <th key={column.id} scope="col" className={align} aria-sort={direction}>
                  <button type="button" className="sort" onClick={() => sortBy(column.id, column.numeric === true)}>
                    {column.title}
                    <span className="arrow" aria-hidden="true">
                      {direction === 'none' ? '' : direction === 'descending' ? '↓' : '↑'}
                    </span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Spacer height={before} columns={columns.length} />}
          {drawn.map((row) => (
            <tr key={row.id} data-key={row.id} aria-rowindex={row.index + 2}>
              {row.getVisibleCells().map((cell) => {
                const column = byId.get(cell.column.id);
                return (
                  <td
                    key={cell.id}
                    data-column={cell.column.id}
                    className={column?.numeric === true ? 'number' : 'name'}
                  >
                    {column ? column.cell(row.original) : flexRender(cell.column.columnDef.cell, cell.getContext())}
                  </td>
                );
              })}
            </tr>
          ))}
          {after > 0 && <Spacer height={after} columns={columns.length} />}
        </tbody>
      </table>
    </div>
  );
}

const Spacer = ({ height, columns }: { height: number; columns: number }) => (
  <tr aria-hidden="true">
    <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
  </tr>
);
