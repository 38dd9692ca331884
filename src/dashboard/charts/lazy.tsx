import { Suspense, lazy } from 'react';
import type { HeatmapProps } from './heatmap.tsx';
import type { ScatterProps } from './scatter.tsx';
import type { TimeChartProps } from './time-chart.tsx';

/** Charts are the heaviest part: they come after the figures, in a file of their own. */
const LazyTimeChart = lazy(() => import('./time-chart.tsx'));
const LazyHeatmap = lazy(() => import('./heatmap.tsx'));
const LazyScatter = lazy(() => import('./scatter.tsx'));

const Waiting = ({ height }: { height: number }) => <div className="skeleton" style={{ height }} aria-hidden="true" />;

export const TimeChart = (props: TimeChartProps) => (
  <Suspense fallback={<Waiting height={props.height ?? 220} />}>
    <LazyTimeChart {...props} />
  </Suspense>
);

export const Heatmap = (props: HeatmapProps) => (
  <Suspense fallback={<Waiting height={220} />}>
    <LazyHeatmap {...props} />
  </Suspense>
);

export const Scatter = (props: ScatterProps) => (
  <Suspense fallback={<Waiting height={360} />}>
    <LazyScatter {...props} />
  </Suspense>
);
