import type { UseQueryResult } from '@tanstack/react-query';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useAddress } from '../address/address.ts';
import { filtersOf, reportParams } from '../address/filters.ts';
import { useMinute } from './clock.ts';
import { getJson } from './client.ts';
import { useOrganization } from './session.ts';

/** An answer, and the address at which anybody with a key gets the same. */
export interface Report<T> {
  url: string;
  query: UseQueryResult<T>;
}

export type Extra = Readonly<Record<string, string | readonly string[] | null>>;

export interface ReportOptions {
  enabled?: boolean;
  /** Parameters of this panel, over those of the filter bar. */
  extra?: Extra;
}

/** The four reports with addresses of their own; all others lie under `/api/v1`. */
const ANALYTICS = new Set(['summary', 'timeseries', 'by-agent', 'cost-breakdown']);

/** What has a report's rows carry these figures alone: all of a list of everybody are megabytes. */
export const onlyFigures = (keys: readonly string[]): Extra => ({ fields: [...new Set(keys)].join(',') });

const LIVE_MS = 60_000;

export function reportUrl(org: string, name: string, params: URLSearchParams): string {
  const base = ANALYTICS.has(name)
    ? `/${encodeURIComponent(org)}/sessions/analytics/${name}`
    : `/api/v1/${encodeURIComponent(org)}/${name}`;
  const search = params.toString();
  return search === '' ? base : `${base}?${search}`;
}

/** A report under the filters of the address, asked again every minute while the page is looked at. */
export function useReport<T>(name: string, { enabled = true, extra = {} }: ReportOptions = {}): Report<T> {
  const org = useOrganization();
  const filters = filtersOf(useAddress());
  const params = reportParams(filters, useMinute());
  for (const [key, value] of Object.entries(extra)) {
    params.delete(key);
    for (const one of value === null ? [] : typeof value === 'string' ? [value] : value) params.append(key, one);
  }
  return useAnswer<T>(reportUrl(org, name, params), { enabled });
}

export interface AnswerOptions<T> {
  enabled?: boolean;
  /** How soon it is asked again, where that is sooner than usual. */
  liveMs?: (data: T | undefined) => number | null;
}

/** Any other answer of the API. */
export function useAnswer<T>(url: string, { enabled = true, liveMs }: AnswerOptions<T> = {}): Report<T> {
  const query = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => getJson<T>(url, signal),
    enabled,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => liveMs?.(state.data) ?? LIVE_MS,
  });
  return { url, query };
}
