import type { Series, SeriesLook } from './series.ts';

const SHAPES: Readonly<Record<SeriesLook['symbol'], string>> = {
  circle: 'M6 1a5 5 0 1 0 0 10A5 5 0 1 0 6 1Z',
  square: 'M1.5 1.5h9v9h-9Z',
  triangle: 'M6 1 11.5 10.5H.5Z',
  diamond: 'M6 0 11 6 6 12 1 6Z',
  star: 'M6 0 7.5 4.3 12 4.4 8.4 7.1 9.7 11.5 6 8.9 2.3 11.5 3.6 7.1 0 4.4 4.5 4.3Z',
  cross: 'M4 0h4v4h4v4H8v4H4V8H0V4h4Z',
  wye: 'M6 6.5 1 2.5 2.5.8 6 3.8 9.5.8 11 2.5 7.2 6v6H4.8V6Z',
  plus: 'M5 0h2v5h5v2H7v5H5V7H0V5h5Z',
};

interface LegendProps {
  series: readonly Series[];
  hidden: ReadonlySet<string>;
  toggle: (key: string) => void;
}

/** Names the series in the order in which they are stacked; each can be taken out and put back. */
export function Legend({ series, hidden, toggle }: LegendProps) {
  return (
    <div className="legend" role="group" aria-label="Series">
      {series.map(({ key, title, look }) => (
        <button key={key} type="button" aria-pressed={!hidden.has(key)} onClick={() => toggle(key)} title={title}>
          <svg viewBox="0 0 12 12" aria-hidden="true" fill={look.colour}>
            <path d={SHAPES[look.symbol]} />
          </svg>
          <span>
            <bdi>{title}</bdi>
          </span>
        </button>
      ))}
    </div>
  );
}
