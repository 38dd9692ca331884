import { otherPage, useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import { Link } from '../address/link.tsx';
import type { Row } from '../api/figures.ts';
import { figureOf, textOf } from '../api/figures.ts';
import type { Extra } from '../api/report.ts';
import { useReport } from '../api/report.ts';
import { moment } from '../format/calendar.ts';
import { NONE } from '../format/figure.ts';
import { assistantName, modelName } from '../format/names.ts';
import type { Column } from '../ui/columns.tsx';
import { figureColumn, textColumn } from '../ui/columns.tsx';
import { ListPanel } from '../ui/list-panel.tsx';
import { Page } from '../ui/page.tsx';
import { Pager, cursorOf } from '../ui/pager.tsx';
import { Empty } from '../ui/panel.tsx';
import { personColumn } from '../ui/person.tsx';

interface List {
  rows: readonly Row[];
  nextCursor: string | null;
}

/** Session by session, the latest first. */
export default function Sessions() {
  const { view } = filtersOf(useAddress());
  return (
    <Page title="Sessions" lead="One by one, the last to end first">
      {view === 'user' ? (
        <SessionList named />
      ) : (
        <Empty
          title="The organisation view shows no single session"
          text="Choose People beside the period to see them."
        />
      )}
    </Page>
  );
}

export function SessionList({ extra = {}, named }: { extra?: Extra; named: boolean }) {
  const address = useAddress();
  const { tz } = filtersOf(address);
  const report = useReport<List>('sessions', { extra: { ...extra, limit: '100', cursor: cursorOf(address) } });
  const started: Column<Row> = {
    id: 'startAt',
    title: 'Began',
    fixed: true,
    value: (row) => textOf(row, 'startAt'),
    cell: (row) => <Began row={row} tz={tz} />,
  };
  return (
    <ListPanel
      title="Sessions"
      report={report}
      metric="totalSessions"
      rows={({ rows }) => rows}
      rowKey={(row, i) => textOf(row, 'sessionId') ?? `none-${i}`}
      sortParam="session-sort"
      noun="session on this page"
      columns={[
        started,
        ...(named ? [fixed(personColumn())] : []),
        fixed(textColumn<Row>('assistant', 'Assistant', (row) => assistantName(textOf(row, 'assistant')))),
        fixed(textColumn<Row>('project', 'Project', (row) => textOf(row, 'project'))),
        fixed(textColumn<Row>('model', 'Model', modelsOf)),
        fixed(figureColumn<Row>('durationMs', 'Length')),
        fixed(figureColumn<Row>('requests', 'Requests')),
        fixed(EXCHANGES),
        fixed(figureColumn<Row>('tokens', 'Tokens')),
        fixed(figureColumn<Row>('apiEquivalentMicros')),
      ]}
      tools={<Pager next={report.query.data?.nextCursor ?? null} />}
    />
  );
}

const COUNTED = figureColumn<Row>('exchanges', 'Exchanges');

/** Every session begins with a prompt: where there is none, prompts are not reported. */
const EXCHANGES: Column<Row> = {
  ...COUNTED,
  cell: (row) =>
    figureOf(row, 'exchanges') === 0 ? (
      <span className="muted" title="prompts are not reported" data-value={0}>
        {NONE}
      </span>
    ) : (
      COUNTED.cell(row)
    ),
};

/** The server orders this list: it comes page by page. */
const fixed = (column: Column<Row>): Column<Row> => ({ ...column, fixed: true });

function modelsOf(row: Row): string | null {
  const more = (figureOf(row, 'models') ?? 1) - 1;
  const model = textOf(row, 'model');
  return model === null ? null : `${modelName(model)}${more > 0 ? ` and ${more} more` : ''}`;
}

function Began({ row, tz }: { row: Row; tz: string }) {
  const address = useAddress();
  const [id, at] = [textOf(row, 'sessionId'), textOf(row, 'startAt')];
  const text = at === null ? '–' : moment(at, tz);
  return id === null ? (
    <>{text}</>
  ) : (
    <Link className="quiet" to={otherPage(address, '/session', { id })}>
      {text}
    </Link>
  );
}
