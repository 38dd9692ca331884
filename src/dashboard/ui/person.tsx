import { otherPage, useAddress } from '../address/address.ts';
import { Link } from '../address/link.tsx';
import type { Row } from '../api/figures.ts';
import { textOf } from '../api/figures.ts';
import { personName } from '../format/names.ts';
import type { Column } from './columns.tsx';
import { UnusedSeats, isUnusedSeats } from './columns.tsx';

/** A person's name, which leads to their page. */
export function Person({ actor, name }: { actor: string | null; name?: string | null }) {
  const address = useAddress();
  const shown = name !== undefined && name !== null && name !== '' ? name : personName(actor);
  if (actor === null) return <span className="muted">{shown}</span>;
  return (
    <Link className="quiet clip" to={otherPage(address, '/user', { id: actor, user: null })} title={actor}>
      <bdi>{shown}</bdi>
    </Link>
  );
}

/** The first column of a list of people. */
export const personColumn = (key = 'user'): Column<Row> => ({
  id: key,
  title: 'Person',
  value: (row) => textOf(row, 'name') ?? personName(textOf(row, key)),
  cell: (row) =>
    isUnusedSeats(row) ? <UnusedSeats /> : <Person actor={textOf(row, key)} name={textOf(row, 'name')} />,
});
