import { breakdownRoute, byAgentRoute, costBreakdownRoute } from './breakdown.ts';
import type { ReportRoute } from './report-route.ts';
import { summaryRoute } from './summary.ts';
import { timeseriesRoute } from './timeseries.ts';

/** Every report of the API. */
export const REPORT_ROUTES: readonly ReportRoute[] = [
  summaryRoute,
  timeseriesRoute,
  byAgentRoute,
  costBreakdownRoute,
  breakdownRoute,
];
