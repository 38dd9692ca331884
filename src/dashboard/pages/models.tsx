import { useReport } from '../api/report.ts';
import { BreakdownPanel } from '../ui/breakdown-panel.tsx';
import { Headlines } from '../ui/headlines.tsx';
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
        figures={['totalSessions', 'totalTokens', 'averageRequestDurationMs', 'costMicros']}
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
    </Page>
  );
}
