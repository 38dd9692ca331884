import { navigate, otherPage, samePage, useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import { Link } from '../address/link.tsx';
import type { Row } from '../api/figures.ts';
import { figureOf, previousOf, textOf } from '../api/figures.ts';
import type { Report } from '../api/report.ts';
import { useReport } from '../api/report.ts';
import { assistantName } from '../format/names.ts';
import type { By } from '../ui/breakdown-panel.tsx';
import { BreakdownPanel } from '../ui/breakdown-panel.tsx';
import type { Column } from '../ui/columns.tsx';
import { Command } from '../ui/command.tsx';
import { UnusedSeats, isUnusedSeats } from '../ui/columns.tsx';
import { Headlines } from '../ui/headlines.tsx';
import { Page } from '../ui/page.tsx';
import { personColumn } from '../ui/person.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { TrendPanel } from '../ui/trend-panel.tsx';

/** What a leader opens on Monday. */
export function Overview() {
  const summary = useReport<object>('summary');
  const address = useAddress();
  const { view, values } = filtersOf(address);
  const { data } = summary.query;
  const isFiltered = Object.values(values).some((chosen) => chosen.length > 0);
  const isQuiet = [data, data && previousOf(data)].every((one) => one && figureOf(one, 'totalRequests') === 0);
  return (
    <Page title="Overview" lead="Who uses the assistants, how deeply, at what cost">
      {isQuiet && !isFiltered ? <Greeting /> : <Figures summary={summary} named={view === 'user'} />}
    </Page>
  );
}

function Figures({ summary, named }: { summary: Report<object>; named: boolean }) {
  return (
    <>
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
      <Places alone={!named} />
      {named && (
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
    </>
  );
}

/** Before the first figures. */
function Greeting() {
  const address = useAddress();
  return (
    <section className="panel" aria-label="Getting started">
      <div className="panel-body notice">
        <h2>Nothing has arrived in this period or the one before</h2>
        <span>A few minutes are enough: a key, one command on a developer’s machine, and figures appear here.</span>
        <Link className="button primary" to={otherPage(address, '/start')}>
          Set up metering
        </Link>
        <span>To look around first, fill an organisation with a made-up company:</span>
        <Command text="revenium-server demo" />
      </div>
    </section>
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
function Places({ alone }: { alone: boolean }) {
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
      {...(alone ? {} : { size: 'half' })}
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
