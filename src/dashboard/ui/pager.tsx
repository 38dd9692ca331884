import type { Address } from '../address/address.ts';
import { navigate, samePage, useAddress } from '../address/address.ts';

const PARAM = 'page';

/** Where the page that is shown begins, in the words of the API; null for the first one. */
export const cursorOf = ({ params }: Address): string | null => params.getAll(PARAM).at(-1) ?? null;

/** To and fro in a list that comes page by page, the latest first. The way here stands in the address. */
export function Pager({ next }: { next: string | null }) {
  const address = useAddress();
  const way = address.params.getAll(PARAM);
  const go = (to: readonly string[]): void => navigate(samePage(address, { [PARAM]: to }));
  return (
    <>
      <button type="button" className="button small" disabled={way.length === 0} onClick={() => go(way.slice(0, -1))}>
        Later
      </button>
      <button
        type="button"
        className="button small"
        disabled={next === null}
        onClick={() => next !== null && go([...way, next])}
      >
        Earlier
      </button>
    </>
  );
}
