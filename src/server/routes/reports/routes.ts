import { adoptionRoute, retentionRoute } from './adoption.ts';
import { breakdownRoute, byAgentRoute, costBreakdownRoute } from './breakdown.ts';
import { cacheRoute } from './cache.ts';
import { dataQualityRoute } from './data-quality.ts';
import { definitionsRoute, filtersRoute } from './definitions.ts';
import { heatmapRoute, sessionHealthRoute, toolsRoute, workflowsRoute } from './patterns.ts';
import { leaderboardRoute, userRoute, usersRoute } from './people.ts';
import { pullRequestsRoute } from './pull-requests.ts';
import { reliabilityRoute } from './reliability.ts';
import type { ReportRoute } from './report-route.ts';
import { segmentsRoute } from './segments.ts';
import { sessionRoute, sessionsRoute } from './sessions.ts';
import { summaryRoute } from './summary.ts';
import { timeseriesRoute } from './timeseries.ts';
import { anomaliesRoute, forecastRoute, valueRoute } from './value.ts';

/** Every report of the API. */
export const REPORT_ROUTES: readonly ReportRoute[] = [
  summaryRoute,
  timeseriesRoute,
  byAgentRoute,
  costBreakdownRoute,
  breakdownRoute,
  adoptionRoute,
  retentionRoute,
  segmentsRoute,
  heatmapRoute,
  workflowsRoute,
  toolsRoute,
  reliabilityRoute,
  sessionHealthRoute,
  cacheRoute,
  valueRoute,
  forecastRoute,
  anomaliesRoute,
  dataQualityRoute,
  usersRoute,
  userRoute,
  sessionsRoute,
  sessionRoute,
  leaderboardRoute,
  pullRequestsRoute,
  filtersRoute,
  definitionsRoute,
];
