import type { Row } from '../api/figures.ts';
import { textOf } from '../api/figures.ts';
import { modelName } from '../format/names.ts';
import { changeColumn, figureColumn, textColumn } from '../ui/columns.tsx';
import { useReport } from '../api/report.ts';
import { BreakdownPanel } from '../ui/breakdown-panel.tsx';
import { Headlines } from '../ui/headlines.tsx';
import { ListPanel } from '../ui/list-panel.tsx';
import { TrendPanel } from '../ui/trend-panel.tsx';
import { Page } from '../ui/page.tsx';

/** Which models do the work, what they cost, how well the cache serves them. */
export default function Models() {
  const summary = useReport<object>('summary');
  return (
    <Page title="Models" lead="Which models do the work, and how well the cache serves them">
      <Headlines
        report={summary}
        items={[
          { metric: 'totalRequests' },
          { metric: 'totalTokens' },
          { metric: 'workTokens' },
          { metric: 'cacheHitRate', missing: 'no prompts in the period' },
          { metric: 'cacheSavingsMicros' },
          { metric: 'unpricedRequests' },
        ]}
      />
      <TrendPanel title="Models over time" by="model" first="totalTokens" />
      <BreakdownPanel
        title="Models"
        by="model"
        one="Model"
        bar="totalRequests"
        figures={[
          'uniqueUsers',
          'inputTokens',
          'outputTokens',
          'cacheReadTokens',
          'cacheWriteTokens',
          'cacheHitRate',
          'apiEquivalentMicros',
          'costMicros',
          'unpricedRequests',
        ]}
      />
      <BreakdownPanel title="Agents" by="agent" one="Agent" bar="totalRequests" figures={['costMicros']} size="half" />
      <BreakdownPanel
        title="Assistants"
        by="assistant"
        one="Assistant"
        bar="totalRequests"
        figures={['cacheHitRate', 'cacheSavingsMicros']}
        size="half"
      />
      <ByWorkflow />
      <Reliability />
    </Page>
  );
}

/** What each kind of work is done with. */
function ByWorkflow() {
  const report = useReport<{ models: readonly Row[] }>('workflows');
  return (
    <ListPanel
      title="Models by kind of work"
      report={report}
      metric="modelByWorkflow"
      rows={({ models }) => models}
      rowKey={(row) => `${textOf(row, 'workflow') ?? ''} ${textOf(row, 'model') ?? 'none'}`}
      sortParam="model-work-sort"
      sorted
      noun="model of a kind of work"
      csv={false}
      columns={[
        textColumn<Row>('workflow', 'Work', (row) => sentence(textOf(row, 'workflow'))),
        textColumn<Row>('model', 'Model', (row) => modelName(textOf(row, 'model'))),
        figureColumn('requests', 'Requests'),
        changeColumn<Row>('requests'),
        figureColumn('requestShare', 'Of requests'),
        figureColumn('tokenShare', 'Of tokens'),
        figureColumn('valueShare', 'Of API value'),
      ]}
      empty={{
        title: 'No tool use is known',
        text: 'Claude Code and Gemini CLI report it by themselves once metering is set up.',
      }}
    />
  );
}

const sentence = (text: string | null): string | null =>
  text === null ? null : text.charAt(0).toUpperCase() + text.slice(1);

/** How often calls fail, and how long they take. */
function Reliability() {
  const report = useReport<{ models: readonly Row[] }>('reliability');
  return (
    <ListPanel
      title="Reliability"
      report={report}
      metric="errorRate"
      rows={({ models }) => models}
      rowKey={(row, i) => textOf(row, 'model') ?? `none-${i}`}
      sortParam="reliability-sort"
      sort="-requests"
      noun="model"
      columns={[
        textColumn<Row>('model', 'Model', (row) => modelName(textOf(row, 'model'))),
        figureColumn('requests', 'Requests'),
        ...['errorRate', 'rateLimitRate', 'p50DurationMs', 'p95DurationMs', 'p50TtftMs', 'p95TtftMs'].map((key) =>
          figureColumn<Row>(key),
        ),
        changeColumn<Row>('errorRate', 'Errors, change'),
      ]}
    />
  );
}
