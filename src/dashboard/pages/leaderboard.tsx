import { navigate, samePage, useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import type { Row } from '../api/figures.ts';
import { figureOf, textOf } from '../api/figures.ts';
import { useReport } from '../api/report.ts';
import { counted } from '../format/counted.ts';
import { assistantName } from '../format/names.ts';
import type { Column } from '../ui/columns.tsx';
import { barColumn, figureColumn } from '../ui/columns.tsx';
import { ListPanel } from '../ui/list-panel.tsx';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panel.tsx';
import { periodText } from '../ui/period-menu.tsx';
import { Person } from '../ui/person.tsx';
import { Segmented } from '../ui/segmented.tsx';

interface Board {
  total: number;
  rows: readonly Row[];
}

const SORTS = [
  ['requests', 'Requests'],
  ['tokens', 'Tokens'],
  ['cost', 'Cost'],
] as const;
const KEYS = { requests: 'requests', tokens: 'tokens', cost: 'costMicros' } as const;

/** The most that the API answers at once. */
const MOST = '1000';

/** People in order, with a line for each of their tools. */
export default function Leaderboard() {
  const address = useAddress();
  const filters = filtersOf(address);
  const { view } = filters;
  const by = SORTS.find(([key]) => key === address.params.get('by'))?.[0] ?? 'requests';
  const report = useReport<Board>('leaderboard', { extra: { sort: by, limit: MOST }, enabled: view === 'user' });
  return (
    <Page title="Leaderboard" lead="Much use is a sign of a good fit, not of good work">
      {view === 'organization' ? (
        <Empty title="The organisation view names nobody" text="Choose People beside the period to see a ranking." />
      ) : (
        <ListPanel
          title={`AI Coding Usage Leaderboard (${periodText(filters)})`}
          report={report}
          metric="leaderboardRequests"
          note="Of Claude, requests are sessions; of the other assistants, each request or event."
          rows={({ rows }) => linesOf(rows)}
          rowKey={(_row, i) => String(i)}
          sortParam="board-sort"
          sorted
          count={({ rows, total }) =>
            rows.length < total ? `the first ${rows.length} of ${counted(total, 'person')}` : counted(total, 'person')
          }
          tools={
            <Segmented
              label="Ranked by"
              options={SORTS}
              value={by}
              choose={(next) => navigate(samePage(address, { by: next === 'requests' ? null : next }))}
              small
            />
          }
          columns={(data) => columnsOf(data, KEYS[by])}
        />
      )}
    </Page>
  );
}

const toolsOf = (row: Row): readonly Row[] => (Array.isArray(row.tools) ? (row.tools as readonly Row[]) : []);

/** Somebody with one tool is one line, with several a line for each besides. */
const linesOf = (rows: readonly Row[]): Row[] =>
  rows.flatMap((row) => [
    row,
    ...(toolsOf(row).length > 1 ? toolsOf(row).map((tool) => ({ ...tool, isTool: true })) : []),
  ]);

const fixed = (column: Column<Row>): Column<Row> => ({ ...column, fixed: true });

function columnsOf({ rows }: Board, key: string): Column<Row>[] {
  const others = ['requests', 'tokens', 'costMicros'].filter((one) => one !== key);
  return [
    {
      id: 'rank',
      title: '#',
      fixed: true,
      numeric: true,
      value: () => null,
      cell: (row) => (row.isTool === true ? '' : figureOf(row, 'rank')),
    },
    {
      id: 'user',
      title: 'Person',
      fixed: true,
      value: () => null,
      cell: (row) =>
        row.isTool === true ? (
          <span className="muted" style={{ paddingInlineStart: '1rem' }}>
            {assistantName(textOf(row, 'assistant'))}
          </span>
        ) : (
          <Person actor={textOf(row, 'user')} name={textOf(row, 'name')} />
        ),
    },
    fixed(barColumn<Row>(key, rows)),
    ...others.map((other) => fixed(figureColumn<Row>(other))),
    {
      id: 'tools',
      title: 'Tools',
      fixed: true,
      value: () => null,
      cell: (row) =>
        toolsOf(row)
          .map((tool) => assistantName(textOf(tool, 'assistant')))
          .join(', '),
    },
  ];
}
