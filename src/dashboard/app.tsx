import { useEffect } from 'react';
import { navigate, useAddress } from './address/address.ts';
import { ApiError } from './api/client.ts';
import { OrganizationContext, SessionContext, useSessionQuery } from './api/session.ts';
import { EntryPage } from './pages/entry.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Failed } from './ui/failed.tsx';
import { Shell } from './ui/shell.tsx';

/** Signed in or not, and for which organisation; everything else is a page. */
export function App() {
  const address = useAddress();
  const session = useSessionQuery();
  const { data, error } = session;
  const signedOut = error instanceof ApiError && (error.status === 401 || error.status === 403);
  const atRoot = address.path === '/';
  useEffect(() => {
    if (data && (atRoot || address.path === '/sign-in')) {
      const next = address.params.get('next');
      navigate(next?.startsWith('/') === true && !next.startsWith('//') ? next : '/overview', { replace: true });
    }
  }, [data, atRoot, address.path, address.params]);
  if (signedOut) return <SignIn />;
  if (error)
    return (
      <EntryPage>
        <Failed error={error} retry={() => void session.refetch()} />
      </EntryPage>
    );
  if (!data) return <EntryPage>{null}</EntryPage>;
  const wanted = address.params.get('org');
  return (
    <SessionContext value={data}>
      <OrganizationContext value={data.operator && wanted !== null && wanted !== '' ? wanted : data.org}>
        <Shell />
      </OrganizationContext>
    </SessionContext>
  );
}
