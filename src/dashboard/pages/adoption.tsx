import { filtersOf } from '../address/filters.ts';
import { navigate, otherPage, useAddress } from '../address/address.ts';
import type { Row } from '../api/figures.ts';
import { figureOf, previousOf, textOf } from '../api/figures.ts';
import { useReport } from '../api/report.ts';
import { Scatter, TimeChart } from '../charts/lazy.tsx';
import { seriesOf } from '../charts/series.ts';
import { dayTick, longDay } from '../format/calendar.ts';
import { assistantName, personName } from '../format/names.ts';
import { metricTitle } from '../format/metrics.ts';
import { changeColumn, dayColumn, figureColumn, textColumn } from '../ui/columns.tsx';
import { Headlines } from '../ui/headlines.tsx';
import { ListPanel } from '../ui/list-panel.tsx';
import { MissingNote } from '../ui/missing-note.tsx';
import { Page } from '../ui/page.tsx';
import { personColumn } from '../ui/person.tsx';
import { Retention } from './retention.tsx';
import { SEGMENT_LOOKS, SegmentTags } from './segments.tsx';

interface Day {
  label: string;
  from: string | null;
}

interface Adoption {
  assistants: readonly Row[];
  days: readonly Day[];
}

interface Segments {
  provisional: boolean;
  segments: readonly { segment: string; people: number; previous: { people: number | null } }[];
  medianCostMicros: number | null;
  medianOutput: number | null;
  rows: readonly Row[];
}

const DAILY = ['dailyActiveUsers', 'weeklyActiveUsers', 'monthlyActiveUsers'];
const SEATS_MISSING = 'needs a roster with seats';

/** Who uses what they could use, who came back, and what would help whom. */
export default function AdoptionPage() {
  const adoption = useReport<Adoption>('adoption');
  const { view } = filtersOf(useAddress());
  return (
    <Page title="Adoption" lead="Who uses what they could use, and who comes back">
      <Headlines
        report={adoption}
        items={[
          { metric: 'activeUsers' },
          { metric: 'licensedUsers', missing: SEATS_MISSING },
          { metric: 'adoptionRate', missing: SEATS_MISSING },
          { metric: 'newUsers' },
          { metric: 'churnedUsers', missing: 'no period before' },
          { metric: 'stickiness', missing: 'nobody was active' },
          { metric: 'usersOfSeveral' },
        ]}
      />
      <MissingNote data={adoption.query.data} />
      <ListPanel
        title="Active people by day"
        report={adoption}
        metric="dailyActiveUsers"
        rows={({ days }) => days}
        rowKey={({ label }) => label}
        sortParam="days-sort"
        noun="day"
        columns={[dayColumn<Day>('label'), ...DAILY.map((key) => figureColumn<Day>(key))]}
        chart={({ days }) => <ActiveDays days={days} />}
        size="two-thirds"
      />
      <ListPanel
        title="By assistant"
        report={adoption}
        metric="adoptionRate"
        rows={({ assistants }) => assistants}
        rowKey={(row) => textOf(row, 'assistant') ?? ''}
        sortParam="assistant-sort"
        sort="-activeUsers"
        noun="assistant"
        csv={false}
        columns={[
          textColumn<Row>('assistant', 'Assistant', (row) => assistantName(textOf(row, 'assistant'))),
          figureColumn('activeUsers', 'Active'),
          changeColumn('activeUsers'),
          figureColumn('adoptionRate'),
          figureColumn('licensedUsers', 'Licensed'),
        ]}
        size="third"
      />
      <SegmentsPanels named={view === 'user'} />
      <Retention />
      <PullRequests named={view === 'user'} />
    </Page>
  );
}

/** The present day is not over yet. */
function openDay(days: readonly Day[]): number | null {
  const last = days.at(-1);
  const start = Date.parse(last?.from ?? last?.label ?? '');
  return start + 86_400_000 > Date.now() ? start : null;
}

function ActiveDays({ days }: { days: readonly Day[] }) {
  const data = days.flatMap((day) => {
    const start = Date.parse(day.from ?? day.label);
    return DAILY.map((series) => ({
      start,
      end: start + 86_400_000,
      label: longDay(day.label),
      tick: dayTick(day.label),
      series,
      value: figureOf(day, series),
    }));
  });
  return (
    <TimeChart
      label="Active people by day"
      data={data}
      series={seriesOf(DAILY, metricTitle)}
      kind="count"
      form="lines"
      incompleteFrom={openDay(days)}
    />
  );
}

const segmentTitle = (row: object): string | null =>
  SEGMENT_LOOKS.get(textOf(row, 'segment') ?? '')?.title ?? textOf(row, 'segment');

function SegmentsPanels({ named }: { named: boolean }) {
  const address = useAddress();
  const report = useReport<Segments>('segments');
  const output = report.query.data?.provisional === false ? 'Pull requests merged' : 'Sessions that are not shallow';
  return (
    <>
      <ListPanel
        title="Efficiency"
        report={report}
        definition="Cost against output of every person, with the medians as a cross, in five segments. Segments say where help or a conversation may pay; they are no ranking of people."
        rows={({ rows }) => rows}
        rowKey={(row) => textOf(row, 'user') ?? ''}
        sortParam="segment-sort"
        sort="-output"
        noun="person"
        empty={
          named
            ? { title: 'Nobody was active' }
            : { title: 'The organisation view names nobody', text: 'The numbers of each segment stand beside this.' }
        }
        columns={[
          personColumn(),
          textColumn<Row>('segment', 'Segment', segmentTitle),
          textColumn<Row>('segment-before', 'Before', (row) => segmentTitle(previousOf(row) ?? {})),
          figureColumn('output', output),
          figureColumn('engagement', 'Active days'),
          figureColumn('costMicros'),
        ]}
        chart={({ rows, medianCostMicros, medianOutput }) => (
          <Scatter
            label="Cost against output of every person"
            series={seriesOf([...SEGMENT_LOOKS.keys()], (key) => SEGMENT_LOOKS.get(key)?.title ?? key)}
            x={{ title: 'Cost', kind: 'money', median: medianCostMicros }}
            y={{ title: output, kind: 'count', median: medianOutput }}
            data={rows.map((row) => ({
              key: textOf(row, 'user') ?? '',
              title: textOf(row, 'name') ?? personName(textOf(row, 'user')),
              series: textOf(row, 'segment') ?? '',
              x: figureOf(row, 'costMicros') ?? 0,
              y: figureOf(row, 'output') ?? 0,
            }))}
            pick={({ key }) => navigate(otherPage(address, '/user', { id: key, user: null }))}
          />
        )}
        size="two-thirds"
      />
      <SegmentTags report={report} />
    </>
  );
}

interface Pulls {
  figures: object | null;
  previous: object | null;
  rows: readonly Row[];
}

function PullRequests({ named }: { named: boolean }) {
  const report = useReport<Pulls>('pull-requests');
  if (!named || report.query.data?.figures === null) return null;
  return (
    <ListPanel
      title="Pull requests"
      report={report}
      metric="withTool"
      note="A lower bound: only commits that carry an assistant’s signature are counted as made with one."
      rows={({ rows }) => rows}
      rowKey={(row, i) => textOf(row, 'user') ?? String(i)}
      sortParam="pulls-sort"
      sort="-merged"
      noun="person"
      columns={[
        personColumn(),
        ...['merged', 'withTool', 'toolShare', 'costPerPrMicros'].map((key) => figureColumn<Row>(key)),
        changeColumn<Row>('merged', 'Merged, change'),
      ]}
    />
  );
}
