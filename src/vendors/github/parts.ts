import { DAY_MS } from '../../usage/days.ts';
import type { PartReading, Span, SyncPart } from '../sync-part.ts';
import type { GithubReader } from './merged.ts';

/** Search lags behind for a little while. */
const LAG_MS = 60_000;

/** Pull requests of organisations on GitHub that were merged. */
export const githubParts = (
  reader: Pick<GithubReader, 'merged'>,
  organizations: readonly string[],
  now: () => number,
): SyncPart[] =>
  organizations.map((organization) => ({
    name: `pull-requests of ${organization}`,
    stepMs: 7 * DAY_MS,
    overlapMs: 3 * DAY_MS,
    read: (span) => merged(reader, organization, span, now),
  }));

async function* merged(
  reader: Pick<GithubReader, 'merged'>,
  organization: string,
  { fromMs, toMs }: Span,
  now: () => number,
): AsyncGenerator<PartReading> {
  const endMs = Math.min(toMs, Math.floor((now() - LAG_MS) / 1000) * 1000);
  for await (const reading of reader.merged(organization, { fromMs, toMs: endMs })) {
    const { span, dateMs, pullRequests, unreadable } = reading;
    yield { span, dateMs, fetched: pullRequests.length + unreadable, unreadable, pullRequests };
  }
}
