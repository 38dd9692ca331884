import { axisX, axisY, cell, pointer, tip } from '@observablehq/plot';
import type { Kind } from '../format/figure.ts';
import { exactly, figureLine } from '../format/figure.ts';
import { PlotFigure } from './plot-figure.tsx';

export interface HeatDatum {
  /** 0 Monday … 6 Sunday. */
  weekday: number;
  hour: number;
  value: number;
  title: string;
  /** In the period before; null: not told. */
  before: number | null;
}

export interface HeatmapProps {
  label: string;
  data: readonly HeatDatum[];
  kind: Kind;
}

export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Weekday by hour: when people work with assistants. */
export default function Heatmap({ label, data, kind }: HeatmapProps) {
  const most = Math.max(1, ...data.map(({ value }) => value));
  return (
    <>
      <p className="scale" aria-hidden="true">
        0 <span /> {figureLine(most, kind)}
      </p>
      <PlotFigure
        label={label}
        of={JSON.stringify(data)}
        options={(width) => ({
          height: 7 * 26 + 34,
          marginLeft: 36,
          marginRight: 4,
          marginBottom: 24,
          marginTop: 6,
          padding: 0.06,
          x: { domain: HOURS, label: null },
          y: { domain: [0, 1, 2, 3, 4, 5, 6], label: null },
          marks: [
            axisY({ tickSize: 0, tickFormat: (day: number) => WEEKDAYS[day] ?? '' }),
            axisX({
              tickSize: 0,
              ticks: HOURS.filter((hour) => hour % (width < 500 ? 6 : 3) === 0),
              tickFormat: (hour: number) => `${hour}:00`,
            }),
            cell(data, { x: 'hour', y: 'weekday', fill: 'var(--heat-0)', rx: 2 }),
            cell(data, {
              x: 'hour',
              y: 'weekday',
              fill: 'var(--heat-1)',
              fillOpacity: ({ value }: HeatDatum) => Math.sqrt(value / most),
              rx: 2,
            }),
            tip(
              data,
              pointer({
                x: 'hour',
                y: 'weekday',
                title: (datum: HeatDatum) =>
                  `${WEEKDAYS[datum.weekday]} ${datum.hour}:00 – ${datum.hour + 1}:00\n${exactly(datum.value, kind)} ${datum.title}\nthe period before: ${exactly(datum.before, kind)}`,
                stroke: 'var(--line-strong)',
                fontSize: 12,
              }),
            ),
          ],
          opacity: { type: 'identity' },
        })}
      />
    </>
  );
}
