import type { ChalkInstance } from 'chalk';
import { csvLines } from '../../../reports/csv.ts';
import { formatUsd } from '../../../usage/money.ts';
import type { RankedTool, RankedUser } from '../../../vendors/leaderboard/rank.ts';
import { formatCount } from '../backfill/progress.ts';
import { shortCount } from './numbers.ts';

export interface Layout {
  /** Infinity: as wide as it gets, for what is no terminal. */
  columns: number;
  style: ChalkInstance;
}

/** `Last 30 days`, `Last day`. */
export const titleOf = (days: number): string =>
  `AI Coding Usage Leaderboard (${days === 1 ? 'Last day' : `Last ${days} days`})`;

const GAP = 2;
/** The least that a name is cut to; a narrower terminal loses the column of tools first. */
const NARROWEST_USER = 16;

interface Line {
  cells: [rank: string, user: string, requests: string, tokens: string, cost: string, tools: string];
  kind: 'head' | 'person' | 'tool';
}

const HEAD: Line = { cells: ['#', 'User', 'Requests', 'Tokens', 'Cost', 'Tools'], kind: 'head' };
const RIGHT = [true, false, true, true, true, false];
const [USER, TOOLS] = [1, 5];

/** The table, line by line. People with several tools have a line for each. */
export function renderTable(title: string, people: readonly RankedUser[], { columns, style }: Layout): string[] {
  if (people.length === 0) return [style.bold(cut(title, columns)), '', 'No usage in this time.'];
  const lines = [HEAD, ...people.flatMap(linesOf)];
  const widths = fitted(
    HEAD.cells.map((_, at) => Math.max(...lines.map(({ cells }) => widthOf(cells[at] ?? '')))),
    columns,
  );
  const rendered = lines.map(({ cells, kind }) => {
    const shown = cells.flatMap((cell, at) => {
      const width = widths[at] ?? 0;
      return width === 0 ? [] : [RIGHT[at] ? cut(cell, width).padStart(width) : padded(cut(cell, width), width)];
    });
    return painted(shown, kind, style);
  });
  return [style.bold(cut(title, columns)), '', ...rendered];
}

const linesOf = ({ rank, user, tools, ...usage }: RankedUser): Line[] => [
  { cells: [String(rank), user, ...figures(usage), tools.map(({ tool }) => tool).join(', ')], kind: 'person' },
  ...(tools.length < 2 ? [] : tools.map(toolLine)),
];

const toolLine = ({ tool, ...usage }: RankedTool, at: number, all: readonly unknown[]): Line => ({
  cells: ['', `${at === all.length - 1 ? '└' : '├'} ${tool}`, ...figures(usage), ''],
  kind: 'tool',
});

const figures = ({ requests, tokens, costMicros }: Omit<RankedTool, 'tool'>): [string, string, string] => [
  formatCount(requests),
  shortCount(tokens),
  formatUsd(costMicros),
];

/** Cuts names to what is left of the line, then leaves the tools out, then cuts names further. */
function fitted(widths: readonly number[], columns: number): number[] {
  const fixed = [...widths];
  const others = (): number =>
    fixed.reduce((sum, width, at) => sum + (at === USER || width === 0 ? 0 : width + GAP), 0);
  if (columns - others() < Math.min(NARROWEST_USER, widths[USER] ?? 0)) fixed[TOOLS] = 0;
  fixed[USER] = Math.max(4, Math.min(widths[USER] ?? 0, columns - others()));
  return fixed;
}

function painted(cells: string[], kind: Line['kind'], style: ChalkInstance): string {
  const gap = ' '.repeat(GAP);
  if (kind !== 'person') return style.dim(cells.join(gap).trimEnd());
  const [rank = '', user = '', requests = '', tokens = '', cost = '', ...tools] = cells;
  const parts = [
    style.dim(rank),
    style.cyan(user),
    requests,
    tokens,
    style.green(cost),
    ...tools.map((text) => style.dim(text.trimEnd())),
  ];
  return parts.join(gap);
}

const CHARACTERS = new Intl.Segmenter();
const charactersOf = (text: string): string[] => [...CHARACTERS.segment(text)].map(({ segment }) => segment);
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}/u;

/** Columns of a terminal. */
const widthOf = (text: string): number =>
  charactersOf(text).reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const character of charactersOf(text)) {
    if (widthOf(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** One line a person, as other programs read it: whole numbers, tools by name. */
export const renderCsv = (people: readonly RankedUser[]): string =>
  [
    ...csvLines(
      ['rank', 'user', 'requests', 'tokens', 'costMicros', 'tools'],
      people.map(({ rank, user, requests, tokens, costMicros, tools }) => [
        rank,
        user,
        requests,
        tokens,
        costMicros,
        tools.map(({ tool }) => tool).join(', '),
      ]),
    ),
  ].join('');
