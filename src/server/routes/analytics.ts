import type { FastifyPluginAsync } from 'fastify';
import type { Query } from '../../reports/sql.ts';
import type { ReportAccess } from '../report-access.ts';
import { withoutRoster } from '../report-access.ts';
import { serveReport } from './reports/report-route.ts';
import { REPORT_ROUTES } from './reports/routes.ts';

/** All reports. */
export const analyticsRoutes: FastifyPluginAsync<{ query: Query; now: () => number; access?: ReportAccess }> = async (
  app,
  { query, now, access = withoutRoster(query, now) },
) => {
  for (const report of REPORT_ROUTES) serveReport(app, access, report);
};
