import { navigate, otherPage, samePage, useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import { Link } from '../address/link.tsx';
import type { Row } from '../api/figures.ts';
import { textOf } from '../api/figures.ts';
import { useReport } from '../api/report.ts';
import { assistantName } from '../format/names.ts';
import type { By } from '../ui/breakdown-panel.tsx';
import { BreakdownPanel } from '../ui/breakdown-panel.tsx';
import type { Column } from '../ui/columns.tsx';
import { UnusedSeats, isUnusedSeats } from '../ui/columns.tsx';
import { Headlines } from '../ui/headlines.tsx';
import { Page } from '../ui/page.tsx';
import { personColumn } from '../ui/person.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { TrendPanel } from '../ui/trend-panel.tsx';

/** What a leader opens on Monday. */
export function Overview() {
  const summary = useReport<object>('summary');
  const { view } = filtersOf(useAddress());
  return (
    <Page title="Overview" lead="Who uses the assistants, how deeply, at what cost">
      <Headlines
        report={summary}
        items={[
          { metric: 'uniqueUsers' },
          { metric: 'sessionsPerUser' },
          { metric: 'sessionsPerActiveDay' },
          { metric: 'activeDays' },
          { metric: 'costMicros' },
          { metric: 'apiEquivalentMicros' },
        ]}
      />
      <BreakdownPanel
        title="Assistants"
        by="assistant"
        one="Assistant"
        bar="uniqueUsers"
        figures={['costMicros', 'totalSessions', 'sessionsPerUser', 'apiEquivalentMicros', 'totalTokens']}
        change="activeDays"
        name={assistantColumn}
      />
      <TrendPanel by="assistant" />
      <Places />
      {view === 'user' && (
        <BreakdownPanel
          title="People"
          by="user"
          one="Person"
          bar="totalSessions"
          figures={['activeDays', 'costMicros']}
          name={personColumn()}
          size="half"
        />
      )}
    </Page>
  );
}

const assistantColumn: Column<Row> = {
  id: 'assistant',
  title: 'Assistant',
  value: (row) => assistantName(textOf(row, 'assistant')),
  cell: (row) => (isUnusedSeats(row) ? <UnusedSeats /> : <ToAssistant id={textOf(row, 'assistant')} />),
};

function ToAssistant({ id }: { id: string | null }) {
  const address = useAddress();
  if (id === null) return <span className="muted">{assistantName(id)}</span>;
  return (
    <Link className="quiet" to={otherPage(address, `/assistants/${id}`)}>
      {assistantName(id)}
    </Link>
  );
}

const PLACES = [
  ['team', 'Team'],
  ['department', 'Department'],
  ['organization', 'Organisation'],
  ['project', 'Project'],
] as const satisfies readonly (readonly [By, string])[];

/** Usage by where people work; which grouping is part of the address. */
function Places() {
  const address = useAddress();
  const asked = address.params.get('places');
  const [by, one] = PLACES.find(([key]) => key === asked) ?? PLACES[0];
  return (
    <BreakdownPanel
      title="Where it is used"
      by={by}
      one={one}
      bar="uniqueUsers"
      figures={['totalSessions', 'costMicros']}
      change="activeDays"
      size="half"
      tools={
        <Segmented
          label="Grouping"
          options={PLACES}
          value={by}
          choose={(next) => navigate(samePage(address, { places: next === 'team' ? null : next }))}
          small
        />
      }
    />
  );
}
