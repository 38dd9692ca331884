import { useSyncExternalStore } from 'react';

/** Where the page is and everything it shows: the whole state of the dashboard is its address. */
export interface Address {
  path: string;
  params: URLSearchParams;
}

const listeners = new Set<() => void>();
const tell = (): void => listeners.forEach((listener) => listener());
window.addEventListener('popstate', tell);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const current = (): string => window.location.pathname + window.location.search;

export function parseAddress(text: string): Address {
  const [path = '/', search = ''] = text.split('?', 2);
  return { path, params: new URLSearchParams(search) };
}

/** `replace` for what is not worth a step back, such as the text of a search. */
export function navigate(to: string, { replace = false } = {}): void {
  if (to === current()) return;
  if (replace) window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  tell();
}

export const useAddress = (): Address => parseAddress(useSyncExternalStore(subscribe, current));

/** A value or list of a parameter; null takes it away. */
export type Change = string | readonly string[] | null;
export type Changes = Readonly<Record<string, Change>>;

function changed(params: URLSearchParams, changes: Changes): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, change] of Object.entries(changes)) {
    next.delete(name);
    for (const value of change === null ? [] : typeof change === 'string' ? [change] : change) next.append(name, value);
  }
  return next;
}

const addressOf = (path: string, params: URLSearchParams): string => {
  const search = params.toString();
  return search === '' ? path : `${path}?${search}`;
};

/** This page with some of its parameters changed. */
export const samePage = ({ path, params }: Address, changes: Changes): string =>
  addressOf(path, changed(params, changes));

/** Filters, period and view go along from page to page; what belongs to one page (sort, tab) stays behind. */
export const SHARED = [
  'org',
  'range',
  'from',
  'to',
  'tz',
  'view',
  'assistant',
  'team',
  'department',
  'organization',
  'model',
  'project',
  'repository',
  'agent',
  'user',
] as const;

/** Another page under the same filters, with some of them changed. */
export function otherPage({ params }: Address, path: string, changes: Changes = {}): string {
  const kept = new URLSearchParams([...params].filter(([name]) => (SHARED as readonly string[]).includes(name)));
  return addressOf(path, changed(kept, changes));
}
