import type { ReactNode } from 'react';
import { otherPage, useAddress } from '../../address/address.ts';
import { Link } from '../../address/link.tsx';
import { Page } from '../../ui/page.tsx';

export const SETTINGS = [
  ['/settings', 'Keys'],
  ['/settings/people', 'People'],
  ['/settings/seats', 'Seats'],
  ['/settings/identities', 'Identities'],
  ['/settings/imports', 'CSV import'],
  ['/settings/connections', 'Connections'],
  ['/settings/targets', 'Targets'],
  ['/settings/audit', 'Audit'],
] as const;

/** A part of the settings under the row of all parts. */
export function SettingsPage({ lead, children }: { lead: string; children: ReactNode }) {
  const address = useAddress();
  const title = SETTINGS.find(([path]) => path === address.path)?.[1] ?? 'Settings';
  return (
    <Page title={`Settings: ${title}`} lead={lead} filters={false} before={<Tabs />}>
      {children}
    </Page>
  );
}

function Tabs() {
  const address = useAddress();
  return (
    <nav className="tabs" aria-label="Parts of the settings">
      {SETTINGS.map(([path, title]) => (
        <Link key={path} to={otherPage(address, path)} aria-current={path === address.path ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
