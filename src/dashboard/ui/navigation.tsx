import { navigate, otherPage, useAddress } from '../address/address.ts';
import { Link } from '../address/link.tsx';
import { mayAtLeast, useOrganization, useSession } from '../api/session.ts';
import type { PageEntry } from '../pages.ts';
import { PAGES } from '../pages.ts';

const GROUPS: readonly PageEntry['group'][] = ['Usage', 'Assistants', 'Insight', 'Administration'];

export function Navigation() {
  const address = useAddress();
  const session = useSession();
  return (
    <nav aria-label="Pages">
      <Organizations />
      {GROUPS.map((group) => {
        const pages = PAGES.filter((page) => page.group === group && mayAtLeast(session, page.atLeast));
        if (pages.length === 0) return null;
        return (
          <div className="nav-group" key={group}>
            <h2>{group}</h2>
            <ul>
              {pages.map(({ path, title }) => (
                <li key={path}>
                  <Link
                    className="nav-link"
                    to={otherPage(address, path)}
                    aria-current={address.path === path || address.path.startsWith(`${path}/`) ? 'page' : undefined}
                  >
                    {title}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}

/** One person or session is of one organisation. */
const placeIn = (path: string): string => (path === '/user' ? '/users' : path === '/session' ? '/sessions' : path);

/** An operator may look at each organisation of the server. */
function Organizations() {
  const { organizations, org: own } = useSession();
  const org = useOrganization();
  const address = useAddress();
  if (organizations.length < 2) return null;
  return (
    <label className="nav-group">
      <span className="visually-hidden">Organisation</span>
      <select
        className="select"
        value={org}
        onChange={(event) =>
          navigate(
            `${placeIn(address.path)}${event.target.value === own ? '' : `?org=${encodeURIComponent(event.target.value)}`}`,
          )
        }
      >
        {organizations.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}
