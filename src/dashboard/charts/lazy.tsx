import type { ComponentType } from 'react';
import { useEffect, useState } from 'react';
import type { HeatmapProps } from './heatmap.tsx';
import type { ScatterProps } from './scatter.tsx';
import type { TimeChartProps } from './time-chart.tsx';

type Chart<Props> = () => Promise<{ default: ComponentType<Props> }>;

/** Charts are the heaviest part: they come after the figures, in a file of their own. */
function useChart<Props>(load: Chart<Props>): ComponentType<Props> | null {
  const [chart, setChart] = useState<ComponentType<Props> | null>(null);
  useEffect(() => {
    let wanted = true;
    void load().then((module) => {
      if (wanted) setChart(() => module.default);
    });
    return () => {
      wanted = false;
    };
  }, [load]);
  return chart;
}

const Waiting = ({ height }: { height: number }) => <div className="skeleton" style={{ height }} aria-hidden="true" />;

const loadTimeChart: Chart<TimeChartProps> = () => import('./time-chart.tsx');
const loadHeatmap: Chart<HeatmapProps> = () => import('./heatmap.tsx');
const loadScatter: Chart<ScatterProps> = () => import('./scatter.tsx');

export function TimeChart(props: TimeChartProps) {
  const Loaded = useChart(loadTimeChart);
  return Loaded ? <Loaded {...props} /> : <Waiting height={props.height ?? 220} />;
}

export function Heatmap(props: HeatmapProps) {
  const Loaded = useChart(loadHeatmap);
  return Loaded ? <Loaded {...props} /> : <Waiting height={220} />;
}

export function Scatter(props: ScatterProps) {
  const Loaded = useChart(loadScatter);
  return Loaded ? <Loaded {...props} /> : <Waiting height={360} />;
}
