import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useAddress } from '../address/address.ts';
import { dimensionsOf, filtersOf } from '../address/filters.ts';
import { useMinute } from '../api/clock.ts';
import { useOrganization } from '../api/session.ts';
import { moment } from '../format/calendar.ts';
import { valueName } from '../format/names.ts';
import { useNames } from '../api/filter-values.ts';
import { FilterBar } from './filter-bar.tsx';
import { periodText } from './period-menu.tsx';

interface PageProps {
  title: string;
  lead?: ReactNode;
  /** Pages of settings are about no period. */
  filters?: boolean;
  /** Between the head and the filters. */
  before?: ReactNode;
  children: ReactNode;
}

export function Page({ title, lead, filters = true, before, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Revenium`;
  }, [title]);
  return (
    <>
      <header className="page-head">
        <h1>{title}</h1>
        {lead !== undefined && <p>{lead}</p>}
      </header>
      {before}
      {filters && <Printed />}
      {filters && <FilterBar />}
      <div className="grid">{children}</div>
    </>
  );
}

/** On paper, what the filter bar says on the screen. */
function Printed() {
  const filters = filtersOf(useAddress());
  const org = useOrganization();
  const now = moment(new Date(useMinute()).toISOString(), filters.tz);
  const names = useNames(filters.values.user.length > 0);
  const chosen = dimensionsOf(filters).flatMap(([name, title]) =>
    filters.values[name].map(
      (value) => `${title}: ${(name === 'user' ? names[value] : undefined) ?? valueName(name, value)}`,
    ),
  );
  return (
    <p className="print-only">
      <bdi>{[org, periodText(filters), ...chosen, `as of ${now} ${filters.tz}`].join(' · ')}</bdi>
    </p>
  );
}
