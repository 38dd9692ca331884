import type { ReactNode } from 'react';
import type { ComponentFile } from '../loaded.ts';
import { preload, useLoaded } from '../loaded.ts';
import { Failed } from '../ui/failed.tsx';
import type { HeatmapProps } from './heatmap.tsx';
import type { ScatterProps } from './scatter.tsx';
import type { TimeChartProps } from './time-chart.tsx';

const loadTimeChart: ComponentFile<TimeChartProps> = () => import('./time-chart.tsx');
const loadHeatmap: ComponentFile<HeatmapProps> = () => import('./heatmap.tsx');
const loadScatter: ComponentFile<ScatterProps> = () => import('./scatter.tsx');

/** So that a chart is there when its figures are. */
export const preloadCharts = (): void => preload(loadTimeChart);

interface LaterProps<Props> {
  file: ComponentFile<Props>;
  /** Of the place that is kept until it is here, px. */
  height: number;
  draw: (Chart: NonNullable<ReturnType<typeof useLoaded<Props>>['component']>) => ReactNode;
}

/** Charts are the heaviest part: they come after the figures, in a file of their own. */
function Later<Props>({ file, height, draw }: LaterProps<Props>) {
  const { component, error } = useLoaded(file);
  if (error) return <Failed error={error} retry={() => window.location.reload()} />;
  return component ? draw(component) : <div className="skeleton" style={{ height }} aria-hidden="true" />;
}

export const TimeChart = (props: TimeChartProps) => (
  <Later file={loadTimeChart} height={props.height ?? 220} draw={(Chart) => <Chart {...props} />} />
);

export const Heatmap = (props: HeatmapProps) => (
  <Later file={loadHeatmap} height={220} draw={(Chart) => <Chart {...props} />} />
);

export const Scatter = (props: ScatterProps) => (
  <Later file={loadScatter} height={360} draw={(Chart) => <Chart {...props} />} />
);
