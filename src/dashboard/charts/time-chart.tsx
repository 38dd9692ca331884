import type { Markish, PlotOptions } from '@observablehq/plot';
import { areaY, axisX, axisY, dot, gridY, lineY, pointerX, rectY, ruleX, ruleY, tip } from '@observablehq/plot';
import { useState } from 'react';
import type { Kind } from '../format/figure.ts';
import { figureLine, axisText, pointText } from '../format/figure.ts';
import { Legend } from './legend.tsx';
import { PlotFigure } from './plot-figure.tsx';
import type { Series } from './series.ts';

/** One value of one series in one day, week … */
export interface TimeDatum {
  /** ms UTC. */
  start: number;
  end: number;
  /** As people call the day or week. */
  label: string;
  /** On the axis: a short name, and what it is of (of a day its month), said where that changes. */
  tick: readonly [string, string];
  series: string;
  value: number | null;
  /** The same place of the period before. */
  before?: number | null;
  /** A part of an hour, day or week only: cut by the period, or not over yet. */
  partial?: boolean;
}

export interface TimeChartProps {
  label: string;
  data: readonly TimeDatum[];
  series: readonly Series[];
  kind: Kind;
  /** Bars for what adds up, lines for what does not. */
  form: 'bars' | 'lines';
  /** From here on (ms UTC) figures are not complete yet. */
  incompleteFrom?: number | null;
  height?: number;
  pick?: (datum: TimeDatum) => void;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Hatching over what is not complete yet. */
function hatch(): SVGElement {
  const pattern = document.createElementNS(SVG, 'pattern');
  for (const [name, value] of Object.entries({
    id: 'hatch',
    width: '6',
    height: '6',
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  }))
    pattern.setAttribute(name, value);
  const line = document.createElementNS(SVG, 'line');
  for (const [name, value] of Object.entries({
    x1: '0',
    x2: '0',
    y1: '0',
    y2: '6',
    stroke: 'var(--surface)',
    'stroke-width': '5',
  }))
    line.setAttribute(name, value);
  pattern.append(line);
  return pattern;
}

/** Figures over time; the series can be taken out in the legend. */
export default function TimeChart(props: TimeChartProps) {
  const { label, data, series, kind, form } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const shown = series.filter(({ key }) => !hidden.has(key));
  const rows = data.filter(({ series: key }) => !hidden.has(key));
  const toggle = (key: string): void => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    setHidden(next);
  };
  return (
    <>
      {series.length > 1 && <Legend series={series} hidden={hidden} toggle={toggle} />}
      <PlotFigure<TimeDatum>
        label={label}
        of={JSON.stringify([rows, form, kind, props.incompleteFrom])}
        {...(props.pick ? { pick: props.pick } : {})}
        options={(width) => optionsOf({ ...props, data: rows, series: shown }, width)}
      />
    </>
  );
}

function optionsOf(props: TimeChartProps, width: number): PlotOptions {
  const { data, series, kind, form, incompleteFrom = null, height = 220 } = props;
  const start = Math.min(...data.map((datum) => datum.start));
  const end = Math.max(...data.map((datum) => datum.end));
  const most = highest(data, form);
  const incomplete = incompleteFrom !== null && incompleteFrom < end;
  const common: PlotOptions = {
    height,
    marginLeft: 48,
    marginRight: 8,
    marginBottom: 24,
    marginTop: 12,
    x: { type: 'utc', domain: [new Date(start), new Date(end)], label: null },
    // Of nothing but noughts a scale would be all middle, and every bar full.
    y: { label: null, zero: true, nice: true, ...(most > 0 ? {} : { domain: [0, 1] }) },
    color: { domain: series.map(({ key }) => key), range: series.map(({ look }) => look.colour) },
  };
  const ticks = kind === 'count' && most <= WHOLE_UP_TO ? wholeNumbers(most) : most > 0 ? 4 : [0];
  const axes: Markish[] = [
    gridY({ ticks }),
    axisY({ ticks, tickSize: 0, tickFormat: (value: number) => axisText(value, kind) }),
    placeAxis(data, Math.max(2, Math.floor(width / 90))),
  ];
  const marks = form === 'bars' ? bars(props, incomplete) : lines(props);
  return {
    ...common,
    marks: [() => hatch(), ...axes, ...marks, ruleY([0], { stroke: 'var(--line-strong)' }), ...pointed(props)],
  };
}

/** As high as the drawing reaches: bars of one place stand on each other. */
function highest(data: readonly TimeDatum[], form: TimeChartProps['form']): number {
  const heights = new Map<number, number>();
  for (const { start, value } of data) {
    const known = heights.get(start) ?? 0;
    heights.set(start, form === 'bars' ? known + (value ?? 0) : Math.max(known, value ?? 0));
  }
  return Math.max(0, ...heights.values());
}

/** There is no half of a person. */
const WHOLE_UP_TO = 4;
const wholeNumbers = (most: number): number[] => Array.from({ length: Math.ceil(most) + 1 }, (_, i) => i);

function bars({ data, series, incompleteFrom = null }: TimeChartProps, incomplete: boolean): Markish[] {
  const order = series.map(({ key }) => key);
  const channels = {
    x1: (datum: TimeDatum) => new Date(datum.start),
    x2: (datum: TimeDatum) => new Date(datum.end),
    y: 'value',
    order,
    insetLeft: 0.5,
    insetRight: 0.5,
  } as const;
  const late = data.filter(
    (datum) => datum.partial === true || (incomplete && incompleteFrom !== null && datum.end > incompleteFrom),
  );
  return [
    rectY(data, { ...channels, fill: 'series', insetTop: series.length > 1 ? 0.5 : 0 }),
    rectY(late, { ...channels, fill: 'url(#hatch)', fillOpacity: 0.8, z: 'series' }),
  ];
}

function lines({ data, series, incompleteFrom = null }: TimeChartProps): Markish[] {
  const at = (datum: TimeDatum): Date => new Date(middle(datum));
  const done = data.filter((datum) => incompleteFrom === null || datum.end <= incompleteFrom);
  const symbols = { domain: series.map(({ key }) => key), range: series.map(({ look }) => look.symbol) };
  const last = new Map(data.map((datum) => [datum.series, datum]));
  const symbol = (key: string) => symbols.range[symbols.domain.indexOf(key)] ?? 'circle';
  return [
    ...(series.length === 1 ? [areaY(done, { x: at, y: 'value', fill: 'series', fillOpacity: 0.12 })] : []),
    lineY(data, { x: at, y: 'value', stroke: 'series', strokeWidth: 1.25, strokeDasharray: '2 3' }),
    lineY(done, { x: at, y: 'value', stroke: 'series', strokeWidth: 2 }),
    ...[...last.values()].map((datum) =>
      dot([datum], { x: at, y: 'value', fill: 'series', symbol: symbol(datum.series), r: 4 }),
    ),
  ];
}

/** Names so many places, each under its own middle: between two of them a name could be either's. */
function placeAxis(data: readonly TimeDatum[], most: number): Markish {
  const places = [...new Map(data.map((datum) => [datum.start, datum])).values()].sort((a, b) => a.start - b.start);
  const step = Math.ceil(places.length / most);
  const named = places.filter((_, i) => i % step === 0).map((place) => [new Date(middle(place)), place.tick] as const);
  const texts = new Map(
    named.map(([at, [name, above]], i) => [at.getTime(), named[i - 1]?.[1][1] === above ? name : `${name}\n${above}`]),
  );
  return axisX({
    ticks: named.map(([at]) => at),
    tickFormat: (at: Date) => texts.get(at.getTime()) ?? '',
    tickSize: 0,
    tickPadding: 8,
  });
}

const middle = ({ start, end }: TimeDatum): number => (start + end) / 2;

/** What stands under the pointer, in full. */
function pointed({ data, series, kind }: TimeChartProps): Markish[] {
  const titles = new Map(series.map(({ key, title }) => [key, title]));
  const places = [...Map.groupBy(data, ({ start }) => start).values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, total: group.reduce((sum, { value }) => sum + (value ?? 0), 0), group }] : [];
  });
  const text = ({ label, group, total }: (typeof places)[number]): string => {
    const named = group.map(({ series: key, value, before }) => {
      const name = series.length > 1 ? `${titles.get(key) ?? key}: ` : '';
      const past = before === undefined ? '' : ` (before: ${figureLine(before, kind)})`;
      return `${name}${pointText(value, kind)}${past}`;
    });
    return [
      label,
      ...named,
      ...(series.length > 1 && kind !== 'share' ? [`Together: ${pointText(total, kind)}`] : []),
    ].join('\n');
  };
  const x = (datum: TimeDatum): Date => new Date(middle(datum));
  return [
    ruleX(places, pointerX({ x, stroke: 'var(--ink-3)', strokeDasharray: '2 2' })),
    tip(
      places,
      pointerX({
        x,
        title: text,
        anchor: 'top',
        stroke: 'var(--line-strong)',
        fontSize: 12,
        lineHeight: 1.35,
        textPadding: 10,
      }),
    ),
  ];
}
