import { ADOPTION_METRICS } from './adoption.ts';
import { ANOMALY_METRICS } from './anomalies.ts';
import { DATA_QUALITY_METRICS } from './data-quality.ts';
import { FIGURES } from './figures.ts';
import { FORECAST_METRICS } from './forecast.ts';
import { HEATMAP_METRICS } from './heatmap.ts';
import { LEADERBOARD_METRICS } from './leaderboard.ts';
import type { Metric } from './metric.ts';
import { PULL_REQUEST_METRICS } from './pull-requests.ts';
import { RELIABILITY_METRICS } from './reliability.ts';
import { RETENTION_METRICS } from './retention.ts';
import { SEGMENT_METRICS } from './segments.ts';
import { SESSION_HEALTH_METRICS } from './session-health.ts';
import { TOOL_METRICS } from './tools.ts';
import { usageTrend } from './trend.ts';
import { VALUE_METRICS } from './value.ts';
import { WORKFLOW_METRICS } from './workflows.ts';

/** Every metric that there is, by the report that answers it. */
export const METRICS: Readonly<Record<string, readonly Metric[]>> = {
  summary: [...FIGURES, usageTrend],
  adoption: ADOPTION_METRICS,
  retention: RETENTION_METRICS,
  segments: SEGMENT_METRICS,
  heatmap: HEATMAP_METRICS,
  workflows: WORKFLOW_METRICS,
  tools: TOOL_METRICS,
  reliability: RELIABILITY_METRICS,
  'session-health': SESSION_HEALTH_METRICS,
  value: VALUE_METRICS,
  forecast: FORECAST_METRICS,
  anomalies: ANOMALY_METRICS,
  'pull-requests': PULL_REQUEST_METRICS,
  'data-quality': DATA_QUALITY_METRICS,
  leaderboard: LEADERBOARD_METRICS,
};
