import { axisX, axisY, dot, gridX, gridY, pointer, ruleX, ruleY, tip } from '@observablehq/plot';
import { useState } from 'react';
import type { Kind } from '../format/figure.ts';
import { figureLine, axisText } from '../format/figure.ts';
import { Legend } from './legend.tsx';
import { PlotFigure } from './plot-figure.tsx';
import type { Series } from './series.ts';

export interface ScatterDatum {
  key: string;
  title: string;
  series: string;
  x: number;
  y: number;
}

interface Axis {
  title: string;
  kind: Kind;
  /** Where the line of the median stands. */
  median: number | null;
}

export interface ScatterProps {
  label: string;
  data: readonly ScatterDatum[];
  series: readonly Series[];
  x: Axis;
  y: Axis;
  pick?: (datum: ScatterDatum) => void;
}

/** Everybody as a mark between two figures, with the medians as a cross. */
export default function Scatter({ label, data, series, x, y, pick }: ScatterProps) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const shown = data.filter((datum) => !hidden.has(datum.series));
  const toggle = (key: string): void => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    setHidden(next);
  };
  const median = { stroke: 'var(--ink-3)', strokeDasharray: '4 4' };
  return (
    <>
      <Legend series={series} hidden={hidden} toggle={toggle} />
      <PlotFigure<ScatterDatum>
        label={label}
        of={JSON.stringify([shown, x, y])}
        {...(pick ? { pick } : {})}
        options={(width) => ({
          height: 360,
          marginLeft: 52,
          marginRight: 16,
          marginBottom: 40,
          marginTop: 24,
          x: { zero: true, nice: true, label: `${x.title} →` },
          y: { zero: true, nice: true, label: `↑ ${y.title}` },
          color: { domain: series.map(({ key }) => key), range: series.map(({ look }) => look.colour) },
          symbol: { domain: series.map(({ key }) => key), range: series.map(({ look }) => look.symbol) },
          marks: [
            gridX({ ticks: Math.floor(width / 120) }),
            gridY({ ticks: 5 }),
            axisX({
              ticks: Math.floor(width / 120),
              tickSize: 0,
              tickFormat: (value: number) => axisText(value, x.kind),
            }),
            axisY({ ticks: 5, tickSize: 0, tickFormat: (value: number) => axisText(value, y.kind) }),
            ...(x.median === null ? [] : [ruleX([x.median], median)]),
            ...(y.median === null ? [] : [ruleY([y.median], median)]),
            dot(shown, {
              x: 'x',
              y: 'y',
              fill: 'series',
              symbol: 'series',
              r: 5,
              fillOpacity: 0.85,
              stroke: 'var(--surface)',
            }),
            tip(
              shown,
              pointer({
                x: 'x',
                y: 'y',
                title: (datum: ScatterDatum) =>
                  `${datum.title}\n${x.title}: ${figureLine(datum.x, x.kind)}\n${y.title}: ${figureLine(datum.y, y.kind)}`,
                stroke: 'var(--line-strong)',
                fontSize: 12,
              }),
            ),
          ],
        })}
      />
    </>
  );
}
