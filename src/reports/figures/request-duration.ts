import type { Figure } from '../metric.ts';
import { average } from '../metric.ts';

export const averageRequestDuration: Figure = {
  key: 'averageRequestDurationMs',
  title: 'Average request duration',
  definition: 'Mean duration of the requests that say how long they took.',
  unit: 'milliseconds',
  denominator: 'requests with a duration',
  whenEmpty: null,
  of: (totals) => average(totals.durationMs, totals.timedRequests),
};
