import { useState } from 'react';
import { filtersOf } from '../address/filters.ts';
import { useAddress } from '../address/address.ts';
import type { Row } from '../api/figures.ts';
import { figureOf, textOf } from '../api/figures.ts';
import { useReport } from '../api/report.ts';
import { Heatmap } from '../charts/lazy.tsx';
import { figureLine } from '../format/figure.ts';
import { assistantName } from '../format/names.ts';
import { barColumn, changeColumn, figureColumn, textColumn } from '../ui/columns.tsx';
import { Headlines } from '../ui/headlines.tsx';
import { ListPanel } from '../ui/list-panel.tsx';
import { MissingNote } from '../ui/missing-note.tsx';
import { Page } from '../ui/page.tsx';
import { Segmented } from '../ui/segmented.tsx';

interface Cell {
  /** 1 is Monday. */
  weekday: number;
  hour: number;
  requests: number;
  people: number;
  previous: Readonly<Record<'requests' | 'people', number | null>>;
}

interface Durations {
  durations: readonly { fromMs: number; toMs: number | null; sessions: number | null }[];
}

interface List {
  rows: readonly Row[];
}

const WEEKDAYS = ['', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const OF = [
  ['requests', 'Requests'],
  ['people', 'People'],
] as const;

/** When people work with assistants, for how long, and on what. */
export default function Patterns() {
  const health = useReport<Durations>('session-health');
  const workflows = useReport<List>('workflows');
  const tools = useReport<List & { overlap: readonly Row[] }>('tools');
  return (
    <Page title="Patterns" lead="When people work with assistants, for how long, and on what">
      <Headlines
        report={health}
        items={[
          { metric: 'sessions' },
          { metric: 'medianDurationMs', missing: 'no session has a duration' },
          { metric: 'meanDurationMs', missing: 'no session has a duration' },
          { metric: 'exchangesPerSession', missing: 'prompts are not reported' },
          { metric: 'requestsPerSession', missing: 'no sessions' },
          { metric: 'shallowShare', missing: 'no sessions' },
        ]}
      />
      <Peak />
      <ListPanel
        title="How long sessions are"
        report={health}
        metric="medianDurationMs"
        rows={({ durations }) => durations}
        rowKey={({ fromMs }) => String(fromMs)}
        sortParam="length-sort"
        noun="length"
        columns={({ durations }) => [
          textColumn('fromMs', 'Length', ({ fromMs, toMs }) => lengthText(fromMs, toMs)),
          barColumn('sessions', durations, 'Sessions'),
          changeColumn('sessions'),
        ]}
        size="half"
      />
      <ListPanel
        title="What the work is"
        report={workflows}
        metric="workflow"
        note="A heuristic: edits count as code generation, a failing tool followed by edits as debugging, reads and searches alone as review."
        rows={({ rows }) => rows}
        rowKey={(row) => textOf(row, 'workflow') ?? ''}
        sortParam="workflow-sort"
        sort="-prompts"
        noun="kind"
        columns={({ rows }) => [
          textColumn<Row>('workflow', 'Work', (row) => sentence(textOf(row, 'workflow'))),
          barColumn('prompts', rows, 'Prompts'),
          changeColumn('prompts'),
          figureColumn('share', 'Share'),
        ]}
        empty={{
          title: 'No tool use is known',
          text: 'Claude Code and Gemini CLI report it by themselves once metering is set up.',
        }}
        size="half"
      />
      <MissingNote data={workflows.query.data} />
      <ListPanel
        title="Which assistants, side by side"
        report={tools}
        metric="toolShare"
        rows={({ rows }) => rows}
        rowKey={(row) => textOf(row, 'assistant') ?? ''}
        sortParam="tools-sort"
        sort="-people"
        noun="assistant"
        columns={({ rows }) => [
          textColumn<Row>('assistant', 'Assistant', (row) => assistantName(textOf(row, 'assistant'))),
          barColumn('people', rows, 'People'),
          figureColumn('requestShare', 'Of requests'),
          figureColumn('tokenShare', 'Of tokens'),
          figureColumn('valueShare', 'Of API value'),
          changeColumn('people', 'People, change'),
        ]}
        size="two-thirds"
      />
      <ListPanel
        title="Used together"
        report={tools}
        metric="overlap"
        rows={({ overlap }) => overlap}
        rowKey={(row) => String(figureOf(row, 'assistants'))}
        sortParam="overlap-sort"
        noun="group"
        csv={false}
        columns={({ overlap }) => [
          {
            id: 'assistants',
            title: 'Assistants',
            value: (row) => figureOf(row, 'assistants'),
            cell: (row) =>
              figureOf(row, 'assistants') === 1 ? 'One' : `${figureLine(figureOf(row, 'assistants'), 'count')} of them`,
          },
          barColumn('people', overlap, 'People'),
          changeColumn('people'),
        ]}
        size="third"
      />
    </Page>
  );
}

const minutes = (ms: number): string => figureLine(ms, 'duration').replace('.0 ', ' ');

function lengthText(fromMs: number, toMs: number | null): string {
  if (toMs === null) return `${minutes(fromMs)} and more`;
  return fromMs === 0 ? `under ${minutes(toMs)}` : `${minutes(fromMs)} to ${minutes(toMs)}`;
}

const sentence = (text: string | null): string | null =>
  text === null ? null : (text.charAt(0).toUpperCase() + text.slice(1)).replaceAll('-', ' ');

const WITHHELD =
  'An empty hour may also be one with fewer than five people, of whom the organisation view tells nothing.';

function Peak() {
  const report = useReport<{ cells: readonly Cell[] }>('heatmap');
  const { tz, view } = filtersOf(useAddress());
  const [of, choose] = useState<(typeof OF)[number][0]>('requests');
  return (
    <ListPanel
      title="Peak activity"
      report={report}
      metric="heatmap"
      definition={`Requests and distinct people of each hour of the week, by the clocks of ${tz}, beside those of the same hours in the period before.`}
      rows={({ cells }) => cells}
      rowKey={({ weekday, hour }) => `${weekday}-${hour}`}
      sortParam="peak-sort"
      noun="hour of the week"
      {...(view === 'user' ? {} : { note: WITHHELD })}
      columns={[
        textColumn<Cell>('weekday', 'Day', ({ weekday }) => WEEKDAYS[weekday] ?? null),
        textColumn<Cell>('hour', 'Hour', ({ hour }) => `${hour}:00`),
        figureColumn('requests', 'Requests'),
        changeColumn('requests', 'Requests, change'),
        figureColumn('people', 'People'),
        changeColumn('people', 'People, change'),
      ]}
      tools={<Segmented label="Count" options={OF} value={of} choose={choose} small />}
      chart={({ cells }) => (
        <Heatmap
          label={`${of} by weekday and hour`}
          kind="count"
          data={cells.map(({ weekday, hour, previous, ...cell }) => ({
            ...{ weekday: weekday - 1, hour, value: cell[of], title: of },
            before: previous[of],
          }))}
        />
      )}
    />
  );
}
