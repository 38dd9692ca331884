import { useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import type { Row } from '../api/figures.ts';
import { textOf } from '../api/figures.ts';
import { reportUrl, useAnswer } from '../api/report.ts';
import { useOrganization } from '../api/session.ts';
import { moment } from '../format/calendar.ts';
import { agentName, assistantName, modelName, personName } from '../format/names.ts';
import type { Column } from '../ui/columns.tsx';
import { figureColumn, textColumn } from '../ui/columns.tsx';
import { ListPanel } from '../ui/list-panel.tsx';
import { Page } from '../ui/page.tsx';

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
    cell: (row) => moment(textOf(row, 'at') ?? '', tz),
  };
  return (
    <Page
      title="Session"
      lead={data ? `${assistantName(data.assistant)} · ${data.name ?? personName(data.user)}` : id}
      filters={false}
    >
      <ListPanel
        title="Calls"
        report={report}
        rows={({ calls }) => calls}
        rowKey={(_row, i) => String(i)}
        sortParam="call-sort"
        noun="call"
        {...(data?.truncated === true ? { note: 'The first 2,000 calls.' } : {})}
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
