import { useEffect, useRef } from 'react';
import { navigate, useAddress } from './address/address.ts';
import { OrganizationContext, SessionContext, isSignedIn, useSessionQuery } from './api/session.ts';
import { takeWanted } from './address/wanted.ts';
import { EntryPage } from './pages/entry.tsx';
import { Welcome } from './pages/welcome.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Failed } from './ui/failed.tsx';
import { Shell } from './ui/shell.tsx';

/** Signed in or not, and for which organisation; everything else is a page. */
export function App() {
  const address = useAddress();
  const session = useSessionQuery();
  const { data, error } = session;
  const atRoot = address.path === '/';
  const wasSignedIn = useRef(false);
  useEffect(() => {
    if (!data || !isSignedIn(data)) return;
    wasSignedIn.current = true;
    if (!atRoot && address.path !== '/sign-in') return;
    const next = address.params.get('next') ?? takeWanted();
    navigate(next?.startsWith('/') === true && !next.startsWith('//') ? next : '/overview', { replace: true });
  }, [data, atRoot, address.path, address.params]);
  if (address.path === '/welcome') return <Welcome />;
  // What was asked again in vain is still known.
  if (error && !data)
    return (
      <EntryPage>
        <Failed error={error} retry={() => void session.refetch()} />
      </EntryPage>
    );
  if (!data) return <EntryPage>{null}</EntryPage>;
  if (!isSignedIn(data)) return <SignIn methods={data.methods} ended={wasSignedIn.current} />;
  const wanted = address.params.get('org');
  return (
    <SessionContext value={data}>
      <OrganizationContext value={wanted !== null && data.organizations.includes(wanted) ? wanted : data.org}>
        <Shell />
      </OrganizationContext>
    </SessionContext>
  );
}
