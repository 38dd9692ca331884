import { useState } from 'react';
import type { Address } from '../address/address.ts';
import { navigate, samePage, useAddress } from '../address/address.ts';
import type { Dimension } from '../address/filters.ts';
import { DIMENSIONS, dimensionsOf, filtersOf } from '../address/filters.ts';
import { valueName } from '../format/names.ts';
import { useFilterValues, useNames } from '../api/filter-values.ts';
import { PeriodMenu } from './period-menu.tsx';
import { Popup } from './popup.tsx';
import { Segmented } from './segmented.tsx';

const VIEWS = [
  ['user', 'People'],
  ['organization', 'Organisation'],
] as const;

/** Period, view and filters: all of it in the address, the same on every page. */
export function FilterBar() {
  const address = useAddress();
  const filters = filtersOf(address);
  const chosen = dimensionsOf(filters).flatMap(([name, title]) =>
    filters.values[name].map((value) => ({ name, title, value })),
  );
  const change = (changes: Parameters<typeof samePage>[1]) => navigate(samePage(address, { ...changes, page: null }));
  const names = useNames(filters.values.user.length > 0);
  const called = (name: Dimension, value: string): string =>
    (name === 'user' ? names[value] : undefined) ?? valueName(name, value);
  return (
    <div className="filters" role="group" aria-label="Filters">
      <span className="control">
        <PeriodMenu />
      </span>
      <span className="control">
        <Segmented
          label="View"
          options={VIEWS}
          value={filters.view}
          choose={(view) => change(view === 'user' ? { view: null } : { view, user: null })}
        />
      </span>
      {chosen.map(({ name, title, value }) => (
        <span className="chip" key={`${name} ${value}`} title={`${title}: ${value}`}>
          <span>
            {title}: <bdi>{called(name, value)}</bdi>
          </span>
          <button
            type="button"
            aria-label={`Remove the filter ${title} ${called(name, value)}`}
            onClick={() => change({ [name]: filters.values[name].filter((one) => one !== value) })}
          >
            ×
          </button>
        </span>
      ))}
      <span className="control">
        <Popup label="Add filter">{(close) => <FilterMenu address={address} close={close} />}</Popup>
      </span>
      {chosen.length > 1 && (
        <button
          type="button"
          className="button plain control"
          onClick={() => change(Object.fromEntries(DIMENSIONS.map(([name]) => [name, null])))}
        >
          Clear all
        </button>
      )}
    </div>
  );
}

const MANY = 200;

function FilterMenu({ address, close }: { address: Address; close: () => void }) {
  const filters = filtersOf(address);
  const [dimension, setDimension] = useState<Dimension>('assistant');
  const [search, setSearch] = useState('');
  const { values, failed } = useFilterValues(dimension);
  const dimensions = dimensionsOf(filters);
  const chosen = filters.values[dimension];
  const names = useNames(dimension === 'user');
  const called = (value: string): string =>
    (dimension === 'user' ? names[value] : undefined) ?? valueName(dimension, value);
  const wanted = search.trim().toLowerCase();
  const matching = (values ?? []).filter((value) => `${called(value)} ${value}`.toLowerCase().includes(wanted));
  const toggle = (value: string): void => {
    const next = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
    navigate(samePage(address, { [dimension]: next, page: null }));
  };
  return (
    <span className="stack">
      <label className="form">
        <span className="visually-hidden">What to filter by</span>
        <select
          className="select"
          value={dimension}
          onChange={(event) => setDimension(event.target.value as Dimension)}
        >
          {dimensions.map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
        <input
          className="field"
          type="search"
          placeholder="Search"
          aria-label="Search the values"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </label>
      <span className="options" role="group" aria-label="Values">
        {matching.slice(0, MANY).map((value) => (
          <label key={value}>
            <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
            <bdi className="clip" title={value}>
              {called(value)}
            </bdi>
          </label>
        ))}
        {matching.length > MANY && <span className="muted">{matching.length - MANY} more: search for them</span>}
        {values !== null && matching.length === 0 && <span className="muted">None in the data</span>}
        {failed && <span className="muted">The values could not be loaded</span>}
      </span>
      <button type="button" className="button" onClick={close}>
        Done
      </button>
    </span>
  );
}
