/** Short names for column heads and headlines. The full texts come from the API's definitions. */
const TITLES: Readonly<Record<string, string>> = {
  uniqueUsers: 'Active people',
  activeDays: 'Active days',
  totalSessions: 'Sessions',
  totalRequests: 'Requests',
  totalTokens: 'Tokens',
  workTokens: 'Work tokens',
  inputTokens: 'Input',
  outputTokens: 'Output',
  cacheReadTokens: 'Cache read',
  cacheWriteTokens: 'Cache write',
  reasoningTokens: 'Reasoning',
  apiEquivalentMicros: 'API value',
  subscriptionCostMicros: 'Subscriptions',
  meteredCostMicros: 'Metered',
  estimatedCostMicros: 'Of it estimated',
  unusedSeatMicros: 'Unused seats',
  cacheSavingsMicros: 'Cache savings',
  costPerActiveUserMicros: 'Subscription per person',
  averageCostPerSessionMicros: 'Cost per session',
  averageSessionDurationMs: 'Session length',
  averageRequestDurationMs: 'Request duration',
  workingMs: 'Working time',
  usageFrequency: 'Days a week',
  sessionsPerUser: 'Sessions per person',
  sessionsPerActiveDay: 'Sessions per day',
  exchangesPerSession: 'Exchanges per session',
  requestsPerSession: 'Requests per session',
  unpricedRequests: 'Unpriced',
  partialRequests: 'Partial',
  errorRequests: 'Failed',
  activeUsers: 'Active people',
  licensedUsers: 'Licensed people',
  activeLicensedUsers: 'Of them active',
  adoptionRate: 'Adoption',
  newUsers: 'New people',
  churnedUsers: 'No longer active',
  dailyActiveUsers: 'Daily active',
  weeklyActiveUsers: 'Weekly active',
  monthlyActiveUsers: 'Monthly active',
  usersOfSeveral: 'Use several assistants',
  shallowShare: 'Shallow sessions',
  medianDurationMs: 'Median length',
  meanDurationMs: 'Mean length',
  inactiveSeats: 'Inactive seats',
  recoverableMicros: 'Recoverable a month',
  underusedSeats: 'Underused seats',
  decliningUsers: 'Declining people',
  forecastMicros: 'Month, forecast',
  errorRate: 'Errors',
  rateLimitRate: 'Rate limited',
  p50DurationMs: 'Median duration',
  p95DurationMs: 'Slowest 5 %',
  p50TtftMs: 'Median first token',
  p95TtftMs: 'Slowest 5 % first token',
  merged: 'Merged',
  withTool: 'With an assistant',
  toolShare: 'Share with an assistant',
  costPerPrMicros: 'Cost each',
};

export const metricTitle = (key: string): string => TITLES[key] ?? spaced(key);

/** `Cache hit rate` of `cacheHitRate`. */
function spaced(key: string): string {
  const words = key
    .replace(/(?:Micros|Ms)$/, '')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether more is better, worse, or neither. */
const BETTER: Readonly<Record<string, 'more' | 'less'>> = {
  uniqueUsers: 'more',
  activeUsers: 'more',
  adoptionRate: 'more',
  cacheHitRate: 'more',
  cacheSavingsMicros: 'more',
  valueMultiple: 'more',
  sessionsPerUser: 'more',
  usageFrequency: 'more',
  unusedSeatMicros: 'less',
  inactiveSeats: 'less',
  recoverableMicros: 'less',
  unpricedRequests: 'less',
  errorRequests: 'less',
  errorRate: 'less',
  rateLimitRate: 'less',
};

export const judgement = (key: string): 'more' | 'less' | null => BETTER[key] ?? null;
