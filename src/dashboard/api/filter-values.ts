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
  const org = useOrganization();
  const filters = filtersOf(useAddress());
  const all = reportParams(filters, useMinute());
  const period = new URLSearchParams([...all].filter(([name]) => ['from', 'to', 'tz'].includes(name)));
  const url = reportUrl(org, 'filters', period);
  const { data, isError } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => getJson<Record<Dimension, readonly string[]>>(url, signal),
    staleTime: 300_000,
  });
  return { values: data?.[dimension] ?? null, failed: isError };
}
