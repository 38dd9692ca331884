/** What a number counts; told by the name that it has in every answer of the API. */
export type Kind = 'count' | 'ratio' | 'tokens' | 'money' | 'duration' | 'share' | 'factor';

export function kindOf(key: string): Kind {
  if (key.endsWith('Micros')) return 'money';
  if (key.endsWith('Ms')) return 'duration';
  if (/(?:Rate|Share|Ratio)$|^(?:share|stickiness|acceptance)$/.test(key)) return 'share';
  if (key === 'valueMultiple') return 'factor';
  if (/^tokens|Tokens$/.test(key)) return 'tokens';
  if (/Per[A-Z]|Frequency$/.test(key)) return 'ratio';
  return 'count';
}

export interface FigureText {
  text: string;
  /** Set apart from the digits, in small. */
  unit: string;
}

/** What stands where there is nothing to divide by. */
export const NONE = '–';

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const ONE = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
/** In columns, where 95 under 95.4 would be misread. */
const TENTH = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const CENTS = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const FINE = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 4 });

const LARGE = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e4, 'K'],
] as const;
/** What rounds to a thousand of one unit is one of the next. */
const NEARLY = 0.9995;

function large(value: number, whole: Intl.NumberFormat = ONE): FigureText {
  const found = LARGE.find(([size]) => Math.abs(value) >= (size === 1e4 ? size : size * NEARLY));
  if (!found) return { text: whole.format(value), unit: '' };
  const [size, unit] = found;
  const scaled = value / (unit === 'K' ? 1e3 : size);
  return { text: (Math.abs(scaled) >= 100 ? WHOLE : TENTH).format(scaled), unit };
}

function money(micros: number): FigureText {
  const usd = micros / 1e6;
  const size = Math.abs(usd);
  const sign = usd < 0 ? '−' : '';
  if (size >= 1e6) {
    const { text, unit } = large(size);
    return { text: `${sign}$${text}`, unit };
  }
  const shown = size >= 1000 ? WHOLE : size >= 0.01 || size === 0 ? CENTS : FINE;
  return { text: `${sign}$${shown.format(size)}`, unit: '' };
}

function duration(ms: number): FigureText {
  if (ms < 1000) return { text: WHOLE.format(ms), unit: 'ms' };
  if (ms < 60_000) return { text: TENTH.format(ms / 1000), unit: 's' };
  const minutes = ms / 60_000;
  if (minutes < 100) return { text: TENTH.format(minutes), unit: 'min' };
  return { text: TENTH.format(minutes / 60), unit: 'h' };
}

/** A figure for people: short, with its unit. */
export function figure(value: number | null | undefined, kind: Kind): FigureText {
  if (value === null || value === undefined || !Number.isFinite(value)) return { text: NONE, unit: '' };
  if (kind === 'money') return money(value);
  if (kind === 'duration') return duration(value);
  if (kind === 'share') return { text: TENTH.format(value * 100), unit: '%' };
  if (kind === 'factor') return { text: TENTH.format(value), unit: '×' };
  if (kind === 'tokens') return large(value);
  if (kind === 'ratio') return large(value, TENTH);
  return Math.abs(value) < 1e6
    ? { text: (Number.isInteger(value) ? WHOLE : TENTH).format(value), unit: '' }
    : large(value);
}

/** The same on one line: `1.2M`, `$12.40`, `38.5 %`, `4.1 min`. */
export function figureLine(value: number | null | undefined, kind: Kind): string {
  const { text, unit } = figure(value, kind);
  return unit === '' ? text : kind === 'duration' || kind === 'share' ? `${text} ${unit}` : text + unit;
}

const MICROS = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 6 });
const THOUSANDTHS = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

/** The same in a column of a table, where all amounts have their cents so that they align. */
export const cellLine = (value: number | null | undefined, kind: Kind): string =>
  kind === 'money' && typeof value === 'number' && Math.abs(value) >= 1e9 && Math.abs(value) < 1e12
    ? `${value < 0 ? '−' : ''}$${CENTS.format(Math.abs(value) / 1e6)}`
    : figureLine(value, kind);

/** Every digit, for tooltips of numbers that are shown short. */
export function exactly(value: number | null | undefined, kind: Kind): string {
  if (value === null || value === undefined) return 'not known';
  if (kind === 'money') return `$${MICROS.format(value / 1e6)}`;
  if (kind === 'duration') return `${WHOLE.format(value)} ms`;
  if (kind === 'share') return `${THOUSANDTHS.format(value * 100)} %`;
  return THOUSANDTHS.format(value);
}

/** Beside a chart's mark: every digit of what is counted, cents of what is paid. */
export const pointText = (value: number | null | undefined, kind: Kind): string =>
  kind === 'money' ? cellLine(value, kind) : exactly(value, kind);

/** A share without its tenths, where cells are narrow. */
export const wholeShare = (value: number | null): string => (value === null ? NONE : `${WHOLE.format(value * 100)} %`);

export interface Change {
  text: string;
  direction: 'up' | 'down' | 'flat';
}

/** Against the period before; shares differ in percentage points. Null where there is nothing to compare. */
export function changeOf(
  value: number | null | undefined,
  before: number | null | undefined,
  kind: Kind,
): Change | null {
  if (value === null || value === undefined || before === null || before === undefined) return null;
  const difference = value - before;
  const direction = difference > 0 ? 'up' : difference < 0 ? 'down' : 'flat';
  const sign = difference > 0 ? '+' : difference < 0 ? '−' : '±';
  if (kind === 'share') {
    const points = TENTH.format(Math.abs(difference) * 100);
    return points === '0.0' ? { text: '±0 pts', direction: 'flat' } : { text: `${sign}${points} pts`, direction };
  }
  if (before === 0) return value === 0 ? { text: '±0 %', direction } : null;
  const percent = Math.abs(difference / before) * 100;
  if (percent < 0.05) return { text: '±0 %', direction: 'flat' };
  const text =
    percent >= 1000 ? `×${ONE.format(value / before)}` : `${sign}${(percent < 9.95 ? TENTH : WHOLE).format(percent)} %`;
  return { text, direction };
}

/** On an axis, where round numbers stand: `$25`, `10 min`. */
export const axisText = (value: number, kind: Kind): string => figureLine(value, kind).replace(/\.0+(?=\D*$)/, '');
