import { filtersOf } from '../address/filters.ts';
import { useAddress } from '../address/address.ts';
import type { Row } from '../api/figures.ts';
import { figureOf, previousOf, textOf } from '../api/figures.ts';
import { useNames } from '../api/filter-values.ts';
import type { Report } from '../api/report.ts';
import { useReport } from '../api/report.ts';
import { TimeChart } from '../charts/lazy.tsx';
import { seriesOf } from '../charts/series.ts';
import { dayTick, longDay } from '../format/calendar.ts';
import { figureLine } from '../format/figure.ts';
import { assistantName, modelName, personName } from '../format/names.ts';
import type { Column } from '../ui/columns.tsx';
import { agoColumn, changeColumn, dayColumn, figureColumn, textColumn } from '../ui/columns.tsx';
import { Headlines } from '../ui/headlines.tsx';
import { ListPanel } from '../ui/list-panel.tsx';
import { MissingNote } from '../ui/missing-note.tsx';
import { Page } from '../ui/page.tsx';
import { Person, personColumn } from '../ui/person.tsx';
import { SeatState } from '../ui/seat-state.tsx';

interface Value {
  assistants: readonly Row[];
  seats: readonly Row[];
  declining: readonly Row[];
}

interface Forecast {
  month: string;
  forecastMicros: number;
  lowMicros: number;
  highMicros: number;
  budgetMicros: number | null;
  days: readonly { date: string; meteredMicros: number; isForecast: boolean }[];
}

/** Subscriptions against their use: what could be saved, and where the month is heading. */
export default function ValuePage() {
  const value = useReport<Value>('value');
  const { view } = filtersOf(useAddress());
  return (
    <Page title="Value" lead="What is paid against what it is worth">
      <Headlines
        report={value}
        items={[
          { metric: 'subscriptionCostMicros' },
          { metric: 'meteredCostMicros' },
          { metric: 'apiEquivalentMicros' },
          { metric: 'valueMultiple', missing: 'needs seats with a price' },
          { metric: 'costPerActiveUserMicros', missing: 'nobody was active' },
          { metric: 'inactiveSeats', missing: 'needs a roster with seats' },
          { metric: 'recoverableMicros', missing: 'needs a roster with seats' },
        ]}
      />
      <MissingNote data={value.query.data} />
      <ListPanel
        title="By assistant"
        report={value}
        metric="valueMultiple"
        rows={({ assistants }) => assistants}
        rowKey={(row) => textOf(row, 'assistant') ?? ''}
        sortParam="assistant-sort"
        sort="-subscriptionCostMicros"
        noun="assistant"
        csv={false}
        columns={[
          textColumn<Row>('assistant', 'Assistant', (row) => assistantName(textOf(row, 'assistant'))),
          ...[
            'subscriptionCostMicros',
            'meteredCostMicros',
            'apiEquivalentMicros',
            'valueMultiple',
            'costPerActiveUserMicros',
          ].map((key) => figureColumn<Row>(key)),
          figureColumn('sessionsPerSubscriptionDollar', 'Sessions a dollar'),
          figureColumn('tokensPerSubscriptionDollar', 'Tokens a dollar'),
          changeColumn('valueMultiple', 'Multiple, change'),
        ]}
      />
      <ForecastPanel />
      {view === 'user' && <Seats report={value} />}
      {view === 'user' && (
        <ListPanel
          title="Using it less"
          report={value}
          metric="decliningUsers"
          note="Active in both periods, down by half or more in active days. Worth asking what gets in the way."
          rows={({ declining }) => declining}
          rowKey={(row, i) => textOf(row, 'user') ?? String(i)}
          sortParam="declining-sort"
          sort="activeDays"
          noun="person"
          csv={false}
          empty={{ title: 'Nobody uses it much less than before' }}
          columns={[
            personColumn(),
            textColumn<Row>('team', 'Team', (row) => textOf(row, 'team')),
            figureColumn('activeDays'),
            figureColumn('activeDaysBefore', 'Before'),
          ]}
          size="half"
        />
      )}
      {view === 'user' && <Anomalies />}
    </Page>
  );
}

function Seats({ report }: { report: Report<Value> }) {
  const state: Column<Row> = {
    id: 'state',
    title: 'State',
    value: (row) => textOf(row, 'state'),
    cell: (row) => <SeatState state={textOf(row, 'state')} />,
  };
  const before = (row: Row): string | null => textOf(previousOf(row) ?? {}, 'state');
  return (
    <ListPanel
      title="Seats"
      report={report}
      metric="inactiveSeats"
      rows={({ seats }) => seats}
      rowKey={(row, i) => `${textOf(row, 'user') ?? i} ${textOf(row, 'assistant') ?? ''}`}
      sortParam="seat-sort"
      sort="apiEquivalentMicros"
      noun="seat"
      empty={{
        title: 'No seats are entered',
        text: 'Seats tell what is paid for whom. Enter them under Settings, or take a file in:',
        command: 'revenium-server seats import seats.csv',
      }}
      columns={[
        personColumn(),
        textColumn<Row>('assistant', 'Assistant', (row) => assistantName(textOf(row, 'assistant'))),
        textColumn<Row>('plan', 'Plan', (row) => textOf(row, 'plan')),
        state,
        {
          ...state,
          id: 'state-before',
          title: 'Before',
          value: before,
          cell: (row) => <SeatState state={before(row)} />,
        },
        figureColumn('monthlyMicros', 'A month'),
        figureColumn('apiEquivalentMicros'),
        {
          ...figureColumn<Row>('multiple', 'Multiple'),
          cell: (row) => (
            <span data-value={figureOf(row, 'multiple') ?? undefined}>
              {figureLine(figureOf(row, 'multiple'), 'factor')}
            </span>
          ),
        },
        agoColumn('lastAt', 'Last used'),
      ]}
    />
  );
}

function ForecastPanel() {
  const report = useReport<Forecast>('forecast');
  return (
    <ListPanel
      title="This month"
      report={report}
      metric="forecastMicros"
      note={<ForecastText data={report.query.data} />}
      rows={({ days }) => days}
      rowKey={({ date }) => date}
      sortParam="month-sort"
      noun="day"
      empty={{ title: 'Day by day it is told in the view of people only' }}
      columns={[
        dayColumn<Forecast['days'][number]>('date'),
        figureColumn('meteredMicros'),
        textColumn<Forecast['days'][number]>('isForecast', 'Is', ({ isForecast }) =>
          isForecast ? 'expected' : 'so far',
        ),
      ]}
      chart={({ days }) => (
        <TimeChart
          label="Metered cost of each day of the month, expected ones hatched"
          series={seriesOf(['meteredMicros'], () => 'Metered cost')}
          kind="money"
          form="bars"
          height={180}
          incompleteFrom={Date.parse(days.find(({ isForecast }) => isForecast)?.date ?? '') || null}
          data={days.map(({ date, meteredMicros }) => ({
            start: Date.parse(date),
            end: Date.parse(date) + 86_400_000,
            label: longDay(date),
            tick: dayTick(date),
            series: 'meteredMicros',
            value: meteredMicros,
          }))}
        />
      )}
    />
  );
}

function ForecastText({ data }: { data: Forecast | undefined }) {
  if (!data) return null;
  const { forecastMicros, lowMicros, highMicros, budgetMicros } = data;
  const money = (micros: number) => figureLine(micros, 'money');
  return (
    <>
      The month will have cost about <strong data-metric="forecastMicros">{money(forecastMicros)}</strong>, between{' '}
      {money(lowMicros)} and {money(highMicros)}.{' '}
      {budgetMicros === null
        ? 'No budget is set for what is shown.'
        : forecastMicros > budgetMicros
          ? `That is over the budget of ${money(budgetMicros)}.`
          : `The budget is ${money(budgetMicros)}.`}
    </>
  );
}

function Anomalies() {
  const report = useReport<{ rows: readonly Row[] }>('anomalies');
  const names = useNames((report.query.data?.rows.length ?? 0) > 0);
  const whoOf = (row: Row): string => {
    const who = textOf(row, 'who') ?? '';
    return textOf(row, 'kind') === 'team' ? `Team ${who}` : (names[who] ?? personName(who));
  };
  return (
    <ListPanel
      title="Out of the ordinary"
      report={report}
      metric="anomalies"
      note="Days of a person or team far above their own usual."
      rows={({ rows }) => rows}
      rowKey={(row, i) => `${textOf(row, 'who') ?? ''} ${textOf(row, 'date') ?? i}`}
      sortParam="anomaly-sort"
      sort="-date"
      noun="day"
      empty={{ title: 'No day stands out' }}
      columns={[
        dayColumn<Row>('date'),
        {
          id: 'who',
          title: 'Who',
          value: whoOf,
          cell: (row) =>
            textOf(row, 'kind') === 'team' ? (
              <bdi className="clip">{whoOf(row)}</bdi>
            ) : (
              <Person actor={textOf(row, 'who')} name={whoOf(row)} />
            ),
        },
        figureColumn('apiEquivalentMicros'),
        figureColumn('medianMicros', 'Usual'),
        textColumn<Row>('model', 'Mostly', (row) => modelName(textOf(row, 'model'))),
      ]}
      size="half"
    />
  );
}
