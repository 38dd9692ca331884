import type { FastifyPluginAsync } from 'fastify';
import type { ReportAccess } from '../report-access.ts';
import { serveReport } from './reports/report-route.ts';
import { REPORT_ROUTES } from './reports/routes.ts';

/** All reports. */
export const analyticsRoutes: FastifyPluginAsync<{ access: ReportAccess }> = async (app, { access }) => {
  for (const report of REPORT_ROUTES) serveReport(app, access, report);
};
