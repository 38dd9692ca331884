import { useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import type { Row } from '../api/figures.ts';
import { textOf } from '../api/figures.ts';
import { useNames } from '../api/filter-values.ts';
import { useReport } from '../api/report.ts';
import { NOT_SAID, assistantName, personName, vendorName } from '../format/names.ts';
import { agoColumn, dayColumn, figureColumn, textColumn } from '../ui/columns.tsx';
import { Headlines } from '../ui/headlines.tsx';
import { ListPanel } from '../ui/list-panel.tsx';
import { Page } from '../ui/page.tsx';
import { Person, personColumn } from '../ui/person.tsx';

interface Quality {
  unpricedModels: readonly Row[];
  silentSeats: readonly Row[];
  otherLogins: readonly Row[];
  syncs: readonly Row[];
  rows: readonly Row[];
}

const assistant = textColumn<Row>('assistant', 'Assistant', (row) => assistantName(textOf(row, 'assistant')));
const keyOf = (row: Row, i: number): string =>
  `${textOf(row, 'user') ?? textOf(row, 'model') ?? textOf(row, 'vendor') ?? ''} ${i}`;

/** How far the figures can be relied on. */
export default function DataQuality() {
  const report = useReport<Quality>('data-quality');
  // Who it is about is withheld in the organisation view, which is not to say that there is nobody.
  const isNamed = filtersOf(useAddress()).view === 'user';
  const names = useNames((report.query.data?.otherLogins.length ?? 0) > 0);
  const whoOf = (row: Row): string => names[textOf(row, 'user') ?? ''] ?? personName(textOf(row, 'user'));
  return (
    <Page title="Data quality" lead="How far the figures can be relied on">
      <Headlines
        report={report}
        items={[
          { metric: 'requests', title: 'Requests' },
          { metric: 'partialShare', title: 'Partial', missing: 'no requests' },
          { metric: 'unpricedShare', title: 'Unpriced', missing: 'no requests' },
          { metric: 'unattributedShare', title: 'Unattributed', missing: 'no requests' },
        ]}
      />
      {isNamed && (
        <ListPanel
          title="By person and assistant"
          report={report}
          metric="longestGapDays"
          noun="person and assistant"
          rows={({ rows }) => rows}
          rowKey={keyOf}
          sortParam="quality-sort"
          sort="lastAt"
          columns={[
            personColumn(),
            assistant,
            agoColumn('lastAt', 'Last event'),
            figureColumn('requests', 'Requests'),
            figureColumn('activeDays'),
            figureColumn('longestGapDays', 'Longest gap, days'),
            figureColumn('partialShare', 'Partial'),
            figureColumn('unpricedShare', 'Unpriced'),
          ]}
        />
      )}
      {isNamed && (
        <ListPanel
          title="Seats with no telemetry"
          report={report}
          definition="Seats whose holder has sent nothing in the period. Often a machine that is not set up yet; a message helps more than a report."
          rows={({ silentSeats }) => silentSeats}
          rowKey={keyOf}
          sortParam="silent-sort"
          noun="seat"
          csv={false}
          size="half"
          empty={{ title: 'Every seat has sent something' }}
          columns={[personColumn(), assistant, textColumn<Row>('plan', 'Plan', (row) => textOf(row, 'plan'))]}
        />
      )}
      <ListPanel
        title="Models without a price"
        report={report}
        metric="unpricedShare"
        rows={({ unpricedModels }) => unpricedModels}
        rowKey={keyOf}
        sortParam="unpriced-sort"
        sort="-requests"
        noun="model"
        csv={false}
        size="half"
        empty={{ title: 'Every model has a price' }}
        columns={[
          textColumn<Row>('model', 'Model', (row) => textOf(row, 'model') ?? NOT_SAID),
          assistant,
          figureColumn('requests', 'Requests'),
        ]}
      />
      {isNamed && (
        <ListPanel
          title="Other logins"
          report={report}
          definition="People whose assistant is signed in with another address than the one that their usage is attributed to: a private account, or one shared by several."
          note="The assistant is signed in with another address than the one that usage is attributed to."
          rows={({ otherLogins }) => otherLogins}
          rowKey={keyOf}
          sortParam="login-sort"
          noun="login"
          csv={false}
          size="half"
          empty={{ title: 'Logins and addresses agree' }}
          columns={[
            {
              id: 'user',
              title: 'Attributed to',
              value: whoOf,
              cell: (row) => <Person actor={textOf(row, 'user')} name={whoOf(row)} />,
            },
            textColumn<Row>('login', 'Signed in as', (row) => textOf(row, 'login')),
            dayColumn<Row>('lastDate', 'Last'),
          ]}
        />
      )}
      <ListPanel
        title="Vendor syncs"
        report={report}
        definition="When each vendor’s own figures were last read, and what went wrong since."
        rows={({ syncs }) => syncs}
        rowKey={keyOf}
        sortParam="sync-sort"
        noun="vendor"
        csv={false}
        size="half"
        empty={{
          title: 'No vendor is connected',
          text: 'Usage of people who cannot install anything comes from the vendors’ own APIs.',
          command: 'revenium-server sync anthropic',
        }}
        columns={[
          textColumn<Row>('vendor', 'Vendor', (row) => vendorName(textOf(row, 'vendor') ?? '')),
          agoColumn('lastSuccessAt', 'Last success'),
          textColumn<Row>('lastError', 'Last error', (row) => textOf(row, 'lastError')),
        ]}
      />
    </Page>
  );
}
