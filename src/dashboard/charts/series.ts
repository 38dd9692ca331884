/** How a series looks: a colour for most eyes and a shape for all. */
export interface SeriesLook {
  colour: string;
  symbol: 'circle' | 'square' | 'triangle' | 'diamond' | 'star' | 'cross' | 'wye' | 'plus';
}

const LOOKS: readonly SeriesLook[] = [
  { colour: 'var(--d1)', symbol: 'circle' },
  { colour: 'var(--d2)', symbol: 'square' },
  { colour: 'var(--d3)', symbol: 'triangle' },
  { colour: 'var(--d4)', symbol: 'diamond' },
  { colour: 'var(--d5)', symbol: 'star' },
  { colour: 'var(--d6)', symbol: 'cross' },
  { colour: 'var(--d7)', symbol: 'wye' },
  { colour: 'var(--d8)', symbol: 'plus' },
];

const LAST: SeriesLook = { colour: 'var(--d8)', symbol: 'plus' };

/** An assistant looks the same on every page. */
const FIXED: Readonly<Record<string, number>> = {
  'claude-code': 1,
  'claude-cowork': 4,
  'gemini-cli': 2,
  cursor: 0,
  openai: 6,
};

export const lookOf = (key: string, place: number): SeriesLook =>
  key === REST ? LAST : (LOOKS[FIXED[key] ?? place] ?? LAST);

export interface Series {
  key: string;
  title: string;
  look: SeriesLook;
}

/** All that has no series of its own; no key of the data is of these characters. */
export const REST = '\u0000rest';

/** So many besides the rest can be told apart. */
export const MOST_SERIES = LOOKS.length - 1;

export const seriesOf = (keys: readonly string[], title: (key: string) => string): Series[] =>
  keys.map((key, place) => ({ key, title: title(key), look: lookOf(key, place) }));
