import type { Figure } from './metric.ts';
import { recordOf } from './record.ts';
import type { Totals } from './totals.ts';
import { NO_TOTALS } from './totals.ts';
import { activeDays } from './figures/active-days.ts';
import { apiEquivalentValue } from './figures/api-equivalent-value.ts';
import { cacheHitRate } from './figures/cache-hit-rate.ts';
import { cacheReadTokens } from './figures/cache-read-tokens.ts';
import { cacheSavings } from './figures/cache-savings.ts';
import { cacheWriteTokens } from './figures/cache-write-tokens.ts';
import { cost } from './figures/cost.ts';
import { costPerActiveUser } from './figures/cost-per-active-user.ts';
import { averageCostPerSession } from './figures/cost-per-session.ts';
import { errorRequests } from './figures/error-requests.ts';
import { estimatedCost } from './figures/estimated-cost.ts';
import { exchanges } from './figures/exchanges.ts';
import { exchangesPerSession } from './figures/exchanges-per-session.ts';
import { inputTokens } from './figures/input-tokens.ts';
import { meteredCost } from './figures/metered-cost.ts';
import { outputTokens } from './figures/output-tokens.ts';
import { partialRequests } from './figures/partial-requests.ts';
import { reasoningTokens } from './figures/reasoning-tokens.ts';
import { averageRequestDuration } from './figures/request-duration.ts';
import { totalRequests } from './figures/requests.ts';
import { requestsPerSession } from './figures/requests-per-session.ts';
import { averageSessionDuration } from './figures/session-duration.ts';
import { totalSessions } from './figures/sessions.ts';
import { sessionsPerActiveDay } from './figures/sessions-per-active-day.ts';
import { sessionsPerDollar } from './figures/sessions-per-dollar.ts';
import { sessionsPerUser } from './figures/sessions-per-user.ts';
import { subscriptionCost } from './figures/subscription-cost.ts';
import { totalTokens } from './figures/tokens.ts';
import { tokensPerDollar } from './figures/tokens-per-dollar.ts';
import { tokensPerSession } from './figures/tokens-per-session.ts';
import { unpricedRequests } from './figures/unpriced-requests.ts';
import { unusedSeats } from './figures/unused-seats.ts';
import { usageFrequency } from './figures/usage-frequency.ts';
import { uniqueUsers } from './figures/users.ts';
import { valueMultiple } from './figures/value-multiple.ts';
import { workTokens } from './figures/work-tokens.ts';
import { workingTime } from './figures/working-time.ts';

/** The figures that every list of usage carries, in this order. */
export const FIGURES: readonly Figure[] = [
  totalSessions,
  totalRequests,
  uniqueUsers,
  activeDays,
  exchanges,
  totalTokens,
  workTokens,
  inputTokens,
  outputTokens,
  reasoningTokens,
  cacheReadTokens,
  cacheWriteTokens,
  apiEquivalentValue,
  cost,
  subscriptionCost,
  meteredCost,
  estimatedCost,
  unusedSeats,
  cacheSavings,
  cacheHitRate,
  valueMultiple,
  costPerActiveUser,
  averageCostPerSession,
  sessionsPerDollar,
  tokensPerDollar,
  averageSessionDuration,
  workingTime,
  averageRequestDuration,
  usageFrequency,
  sessionsPerUser,
  sessionsPerActiveDay,
  exchangesPerSession,
  requestsPerSession,
  tokensPerSession,
  unpricedRequests,
  partialRequests,
  errorRequests,
];

export const FIGURE_BY_KEY: ReadonlyMap<string, Figure> = new Map(FIGURES.map((figure) => [figure.key, figure]));

/** By the keys of FIGURES; null where a denominator is empty. */
export type Figures = Readonly<Record<string, number | null>>;

/** What makes these figures of a group's totals. */
export function figuresOf(wanted: readonly Figure[]): (totals: Totals) => Figures {
  const blank = recordOf<number>(wanted.map(({ key }) => key));
  return (totals) => {
    const figures = blank();
    for (const { key, of } of wanted) figures[key] = of(totals);
    return figures;
  };
}

/** All of them. */
export const figuresFrom = figuresOf(FIGURES);

/** What a group without events has: zeros, and null where there is nothing to divide by. */
export const NO_FIGURES: Figures = figuresFrom(NO_TOTALS);
