import type { Row } from '../api/figures.ts';
import { textOf } from '../api/figures.ts';
import { modelName } from '../format/names.ts';
import { figureColumn, textColumn } from '../ui/columns.tsx';
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
      <BreakdownPanel
        title="Agents"
        by="agent"
        one="Agent"
        bar="totalRequests"
        figures={['totalSessions', 'totalTokens', 'costMicros']}
        size="half"
      />
      <BreakdownPanel
        title="Assistants"
        by="assistant"
        one="Assistant"
        bar="totalRequests"
        figures={['totalTokens', 'cacheHitRate', 'cacheSavingsMicros']}
        size="half"
      />
      <Reliability />
    </Page>
  );
}

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
      ]}
    />
  );
}
