import type { UseMutationResult } from '@tanstack/react-query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from './client.ts';
import { reportUrl, useAnswer } from './report.ts';
import type { AnswerOptions, Report } from './report.ts';
import { useOrganization } from './session.ts';

export interface Deed {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the organisation's address: `keys/key_1`. */
  path: string;
  body?: unknown;
}

/** Something that changes what is administered; every answer on the page is asked for anew afterwards. */
export function useAction<T = unknown>(): UseMutationResult<T, Error, Deed> {
  const org = useOrganization();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ method, path, body }: Deed) => call<T>(method, reportUrl(org, path, new URLSearchParams()), body),
    // Not waited for: what a form does once it is sent must not come after somebody has begun the next.
    onSettled: () => void client.invalidateQueries(),
  });
}

/** What is administered, without period or filters. */
export function useSetting<T>(path: string, options: AnswerOptions<T> = {}): Report<T> {
  return useAnswer<T>(reportUrl(useOrganization(), path, new URLSearchParams()), options);
}
