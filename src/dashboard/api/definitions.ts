import { useQuery } from '@tanstack/react-query';
import { getJson } from './client.ts';
import { reportUrl } from './report.ts';
import { useOrganization } from './session.ts';

interface Definitions {
  metrics: readonly { key: string; title: string; definition: string }[];
}

/** What a figure means, in the words of the report that makes it; null until known. */
export function useDefinition(key: string): string | null {
  const url = reportUrl(useOrganization(), 'definitions', new URLSearchParams());
  const { data } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => getJson<Definitions>(url, signal),
    staleTime: Infinity,
    retry: false,
  });
  return data?.metrics.find((metric) => metric.key === key)?.definition ?? null;
}
