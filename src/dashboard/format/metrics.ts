/** Short names for column heads and headlines. The full texts come from the API's definitions. */
const TITLES: Readonly<Record<string, string>> = {
  activeUsers: 'Active people',
  uniqueUsers: 'Active people',
  licensedUsers: 'Licensed people',
  totalSessions: 'Sessions',
  totalRequests: 'Requests',
  totalTokens: 'Tokens',
  inputTokens: 'Input',
  outputTokens: 'Output',
  cacheReadTokens: 'Cache read',
  cacheWriteTokens: 'Cache write',
  reasoningTokens: 'Reasoning',
  workTokens: 'Work tokens',
  apiEquivalentMicros: 'API value',
  costMicros: 'Cost',
  unpricedRequests: 'Unpriced',
  averageSessionDurationMs: 'Session length',
  averageCostPerSessionMicros: 'Cost per session',
  averageDurationMs: 'Request duration',
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
  unpricedRequests: 'less',
  errorRate: 'less',
  rateLimitRate: 'less',
};

export const judgement = (key: string): 'more' | 'less' | null => BETTER[key] ?? null;
