import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { navigate, otherPage, useAddress } from '../address/address.ts';
import { Link } from '../address/link.tsx';
import { call } from '../api/client.ts';
import { DEMO_ORGANIZATION, SESSION_URL, mayAtLeast, useOrganization, useSession } from '../api/session.ts';
import type { ComponentFile } from '../loaded.ts';
import { useLoaded } from '../loaded.ts';
import type { PageEntry } from '../pages.ts';
import { PAGES } from '../pages.ts';
import { Boundary } from './boundary.tsx';
import { Failed } from './failed.tsx';
import { Mark } from './mark.tsx';
import { Navigation } from './navigation.tsx';
import { Segmented } from './segmented.tsx';
import { setTheme, useTheme } from './theme.ts';

/** Navigation beside the page. */
export function Shell() {
  const address = useAddress();
  const session = useSession();
  const org = useOrganization();
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { path } = address;
  const first = useRef(true);
  useEffect(() => {
    setOpen(false);
    // Whoever reads by ear lands on the new page; the very first page begins at its top anyway.
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [path]);
  const entry = PAGES.find((page) => page.path === path);
  return (
    <div className="shell">
      <a className="skip" href="#content" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the page
      </a>
      <header className="side" data-open={open}>
        <div className="side-bar">
          <Link to={otherPage(address, '/overview')} className="brand">
            <Mark /> Revenium
          </Link>
          <button type="button" className="button menu-button" aria-expanded={open} onClick={() => setOpen(!open)}>
            Menu
          </button>
        </div>
        <Navigation />
        <Foot />
      </header>
      <main className="main" id="content" tabIndex={-1} ref={main}>
        {org === DEMO_ORGANIZATION && (
          <p className="banner" role="note">
            <strong>Demonstration.</strong> A made-up company: every person and figure here is invented.
          </p>
        )}
        <OtherOrganization />
        {!entry ? (
          <Missing />
        ) : mayAtLeast(session, entry.atLeast) ? (
          <Boundary key={path}>
            <Content entry={entry} />
          </Boundary>
        ) : (
          <NotYours />
        )}
      </main>
    </div>
  );
}

/** A link may lead to an organisation that its reader must not see: their own is no answer to it without a word. */
function OtherOrganization() {
  const asked = useAddress().params.get('org');
  const org = useOrganization();
  if (asked === null || asked === '' || asked === org) return null;
  return (
    <p className="banner" role="note">
      This link is of the organisation <bdi>“{asked}”</bdi>, which you may not look at. What you see is{' '}
      <bdi>“{org}”</bdi>.
    </p>
  );
}

function Content({ entry: { component: Here, load } }: { entry: PageEntry }) {
  return Here ? <Here /> : load && <Fetched file={load} />;
}

function Fetched({ file }: { file: ComponentFile }) {
  const { component: Here, error } = useLoaded(file);
  // The server may have been replaced by a newer one, whose files have other names.
  if (error) return <Failed error={error} retry={() => window.location.reload()} />;
  return Here ? <Here /> : <div className="skeleton" style={{ height: '20rem' }} aria-hidden="true" />;
}

function Foot() {
  const session = useSession();
  const theme = useTheme();
  const client = useQueryClient();
  const signOut = async (): Promise<void> => {
    await call('DELETE', SESSION_URL).catch(() => null);
    navigate('/sign-in');
    client.clear();
    window.location.reload();
  };
  return (
    <div className="side-foot">
      <Segmented
        label="Colours"
        options={[
          ['auto', 'Auto'],
          ['light', 'Light'],
          ['dark', 'Dark'],
        ]}
        value={theme}
        choose={setTheme}
        small
      />
      <span>
        <bdi>{session.name ?? session.email ?? `${session.scope} key`}</bdi>
      </span>
      <button type="button" className="button small" onClick={() => void signOut()}>
        Sign out
      </button>
    </div>
  );
}

const Missing = () => (
  <div className="notice">
    <h1>No such page</h1>
    <span>The address may have been mistyped.</span>
    <Link to="/overview">To the overview</Link>
  </div>
);

const NotYours = () => (
  <div className="notice" role="alert">
    <h1>This page is for others</h1>
    <span>It shows what belongs to a wider role than yours. An administrator can give you one.</span>
    <Link to="/overview">To the overview</Link>
  </div>
);
