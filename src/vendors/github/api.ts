import { isObject, membersOf, numberOf, textOf } from '../json-values.ts';
import type { VendorTrouble } from '../vendor-error.ts';
import type { Refusal, VendorProfile } from '../vendor-profile.ts';
import { VERSION } from '../../version.ts';

/** Where a limit is reached, GitHub answers 403 or 429; it says so by headers or in words. */
const isLimited = ({ status, headers, body }: Refusal): boolean =>
  (status === 403 || status === 429) &&
  (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0' || /rate limit/i.test(body));

/** A limit that names no end is a secondary one: a minute at least. */
const SECONDARY_WAIT_MS = 60_000;

const GRAPHQL_TROUBLES: Readonly<Record<string, VendorTrouble>> = {
  RATE_LIMITED: 'limited',
  FORBIDDEN: 'forbidden',
  INSUFFICIENT_SCOPES: 'forbidden',
  NOT_FOUND: 'invalid',
};

/** GitHub, or a GitHub Enterprise server, by GraphQL. */
export const GITHUB: VendorProfile = {
  name: 'GitHub',
  url: 'https://api.github.com',
  variable: 'GITHUB_API_BASE_URL',
  headers: (key) => ({
    authorization: `Bearer ${key}`,
    'x-github-api-version': '2022-11-28',
    'user-agent': `Revenium/${VERSION}`,
  }),
  // Searches of one token in a minute.
  perMinute: 30,
  hints: {
    unauthorized: 'Give a token of GitHub that may read the pull requests of the organisation.',
    forbidden: 'The token must be allowed for the organisation (single sign-on) and its repositories.',
  },
  troubleOf: (refusal) => (isLimited(refusal) ? 'limited' : null),
  troubleIn: (body) => {
    const { data, errors } = membersOf(body);
    if (!Array.isArray(errors)) return isObject(data) ? null : { trouble: 'malformed', said: 'it holds no data' };
    const first = membersOf(errors[0]);
    const limited = errors.some((error) => membersOf(error).type === 'RATE_LIMITED');
    // Beside what it could not see there is what it could.
    if (!limited && isObject(data) && Object.values(data).some((value) => value !== null)) return null;
    const trouble = limited ? 'limited' : (GRAPHQL_TROUBLES[textOf(first.type) ?? ''] ?? 'away');
    return { trouble, said: textOf(first.message) ?? 'an error without words' };
  },
  waitMs: (refusal, nowMs) => {
    const { status, headers, body } = refusal;
    if (headers.get('x-ratelimit-remaining') === '0') {
      const reset = numberOf(headers.get('x-ratelimit-reset'));
      if (reset !== null) return Math.max(1000, reset * 1000 - nowMs);
    }
    return status === 429 || /rate limit|RATE_LIMITED/i.test(body) ? SECONDARY_WAIT_MS : null;
  },
};

/** `/api/v3` is where a server of one's own has REST; GraphQL stands beside it. */
export const graphqlPath = (baseUrl: string): string => (/\/api\/v3\/?$/.test(baseUrl) ? '/../graphql' : '/graphql');
