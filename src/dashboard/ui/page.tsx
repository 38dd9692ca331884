import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { FilterBar } from './filter-bar.tsx';

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
      {filters && <FilterBar />}
      <div className="grid">{children}</div>
    </>
  );
}
