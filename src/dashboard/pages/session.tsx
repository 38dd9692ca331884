import { otherPage, useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import { Link } from '../address/link.tsx';
import type { Row } from '../api/figures.ts';
import { figureOf, textOf } from '../api/figures.ts';
import { reportUrl, useAnswer } from '../api/report.ts';
import { useOrganization } from '../api/session.ts';
import { instant } from '../format/calendar.ts';
import { counted } from '../format/counted.ts';
import { figureLine } from '../format/figure.ts';
import { agentName, assistantName, modelName, personName } from '../format/names.ts';
import type { Column } from '../ui/columns.tsx';
import { figureColumn, textColumn } from '../ui/columns.tsx';
import { ListPanel } from '../ui/list-panel.tsx';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panel.tsx';

interface Answer {
  user: string | null;
  name: string | null;
  assistant: string;
  truncated: boolean;
  calls: readonly Row[];
  tools: readonly { name: string | null; results: number; failures: number }[];
}

/** One session, call by call. */
export default function SessionPage() {
  const address = useAddress();
  const { tz } = filtersOf(address);
  const id = address.params.get('id') ?? '';
  const org = useOrganization();
  const report = useAnswer<Answer>(reportUrl(org, `sessions/${encodeURIComponent(id)}`, new URLSearchParams()), {
    enabled: id !== '',
  });
  const { data } = report.query;
  const at: Column<Row> = {
    id: 'at',
    title: 'When',
    value: (row) => textOf(row, 'at'),
    cell: (row) => instant(textOf(row, 'at') ?? '', tz),
  };
  if (id === '')
    return (
      <Page title="Session" filters={false}>
        <Empty title="No session is chosen" text="Choose one from the list of sessions, or of a person’s." />
      </Page>
    );
  return (
    <Page
      title="Session"
      lead={
        data ? (
          <>
            {assistantName(data.assistant)} · <Whose user={data.user} name={data.name} />
          </>
        ) : (
          id
        )
      }
      filters={false}
    >
      <ListPanel
        title="Calls"
        report={report}
        rows={({ calls }) => calls}
        rowKey={(_row, i) => String(i)}
        sortParam="call-sort"
        noun="call"
        {...(data ? { note: <Totals {...data} /> } : {})}
        columns={[
          at,
          textColumn<Row>('model', 'Model', (row) => modelName(textOf(row, 'model'))),
          textColumn<Row>('agent', 'Agent', (row) => agentName(textOf(row, 'agent'))),
          ...['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'apiEquivalentMicros'].map((key) =>
            figureColumn<Row>(key),
          ),
          figureColumn('durationMs', 'Took'),
          figureColumn('ttftMs', 'First token'),
          textColumn<Row>('status', 'Outcome', (row) => textOf(row, 'status')),
        ]}
      />
      <ListPanel
        title="Tools"
        report={report}
        csv={false}
        rows={({ tools }) => tools}
        rowKey={({ name }, i) => name ?? String(i)}
        sortParam="tool-sort"
        sort="-results"
        noun="tool"
        size="half"
        empty={{ title: 'No tool use is known of this session' }}
        columns={[
          textColumn<Answer['tools'][number]>('name', 'Tool', ({ name }) => name),
          figureColumn('results', 'Calls'),
          figureColumn('failures', 'Failed'),
        ]}
      />
    </Page>
  );
}

function Whose({ user, name }: Pick<Answer, 'user' | 'name'>) {
  const address = useAddress();
  const shown = <bdi>{name ?? personName(user)}</bdi>;
  return user === null ? (
    shown
  ) : (
    <Link className="quiet" to={otherPage(address, '/user', { id: user, user: null })}>
      {shown}
    </Link>
  );
}

const TOKENS = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'] as const;

/** What the calls come to. */
function Totals({ calls, truncated }: Answer) {
  const sum = (key: string): number => calls.reduce((total, call) => total + (figureOf(call, key) ?? 0), 0);
  const tokens = TOKENS.reduce((total, key) => total + sum(key), 0);
  return (
    <>
      {truncated && 'The first '}
      {counted(calls.length, 'call')}: {figureLine(tokens, 'tokens')} tokens,{' '}
      {figureLine(sum('apiEquivalentMicros'), 'money')} at list price.
    </>
  );
}
