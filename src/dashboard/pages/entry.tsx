import type { ReactNode } from 'react';
import { Mark } from '../ui/mark.tsx';

/** A page before the shell: one narrow column. */
export function EntryPage({ wide = false, children }: { wide?: boolean; children: ReactNode }) {
  return (
    <main className={`entry ${wide ? 'wide' : ''}`} id="content">
      <div>
        <span className="brand">
          <Mark /> Revenium
        </span>
        {children}
      </div>
    </main>
  );
}
