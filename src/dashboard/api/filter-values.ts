import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { useAddress } from '../address/address.ts';
import type { Dimension } from '../address/filters.ts';
import { filtersOf, reportParams } from '../address/filters.ts';
import { useMinute } from './clock.ts';
import { getJson } from './client.ts';
import { reportUrl } from './report.ts';
import { useOrganization } from './session.ts';

/** What there is to choose from in the period, whatever else is filtered. */
export function useFilterValues(dimension: Dimension): { values: readonly string[] | null; failed: boolean } {
  const { data, isError } = useChoices();
  return { values: data?.[dimension] ?? null, failed: isError };
}

type Choices = Record<Dimension, readonly string[]> & { names: Readonly<Record<string, string>> };

function useChoices(enabled = true): UseQueryResult<Choices> {
  const org = useOrganization();
  const filters = filtersOf(useAddress());
  const all = reportParams(filters, useMinute());
  const period = new URLSearchParams([...all].filter(([name]) => ['from', 'to', 'tz'].includes(name)));
  const url = reportUrl(org, 'filters', period);
  return useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => getJson<Choices>(url, signal),
    enabled,
    staleTime: 300_000,
  });
}

const NOBODY: Readonly<Record<string, string>> = {};

/** What people of the period are called, by actor; asked for only where somebody is to be named. */
export const useNames = (enabled: boolean): Readonly<Record<string, string>> =>
  useChoices(enabled).data?.names ?? NOBODY;
