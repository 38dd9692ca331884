import { filtersOf } from '../address/filters.ts';
import { useAddress } from '../address/address.ts';
import type { Extra } from '../api/report.ts';
import { useReport } from '../api/report.ts';
import { assistantName } from '../format/names.ts';
import { BreakdownPanel } from '../ui/breakdown-panel.tsx';
import type { Headline } from '../ui/headlines.tsx';
import { Headlines } from '../ui/headlines.tsx';
import { Page } from '../ui/page.tsx';
import { personColumn } from '../ui/person.tsx';
import { TrendPanel } from '../ui/trend-panel.tsx';

/** Paid by seat, or by use. */
type Kind = 'subscription' | 'usage';

const HEADLINES: Readonly<Record<Kind, readonly Headline[]>> = {
  subscription: [
    { metric: 'uniqueUsers' },
    { metric: 'totalSessions' },
    { metric: 'costMicros' },
    { metric: 'apiEquivalentMicros' },
    { metric: 'valueMultiple', missing: 'needs seats with a price' },
    { metric: 'cacheHitRate', missing: 'no prompts were cached' },
    { metric: 'cacheSavingsMicros' },
  ],
  usage: [
    { metric: 'uniqueUsers' },
    { metric: 'apiEquivalentMicros' },
    { metric: 'costMicros' },
    { metric: 'totalRequests' },
    { metric: 'averageRequestDurationMs', missing: 'durations are not reported' },
    { metric: 'totalTokens' },
  ],
};

const LEADS: Readonly<Record<Kind, string>> = {
  subscription: 'Seats, their use and what it would have cost at list price',
  usage: 'Paid by use: what it is worth, who uses it and for how long',
};

interface AssistantPageProps {
  id: string;
  kind: Kind;
  /** Whether its telemetry says which agent a call was for. */
  agents?: boolean;
}

/** One assistant, whatever assistants the filter bar names. */
export function AssistantPage({ id, kind, agents = false }: AssistantPageProps) {
  const extra: Extra = { assistant: id };
  const summary = useReport<object>('summary', { extra });
  const { view } = filtersOf(useAddress());
  return (
    <Page title={assistantName(id)} lead={LEADS[kind]}>
      <Headlines report={summary} items={HEADLINES[kind]} />
      <TrendPanel extra={{ assistant: id }} />
      {view === 'user' && (
        <BreakdownPanel
          title="People"
          by="user"
          one="Person"
          bar={kind === 'usage' ? 'apiEquivalentMicros' : 'totalSessions'}
          figures={
            kind === 'usage'
              ? ['totalRequests', 'averageRequestDurationMs', 'totalTokens', 'costMicros']
              : [
                  'activeDays',
                  'totalTokens',
                  'apiEquivalentMicros',
                  'subscriptionCostMicros',
                  'meteredCostMicros',
                  'cacheHitRate',
                ]
          }
          name={personColumn()}
          extra={extra}
        />
      )}
      <BreakdownPanel
        title="Models"
        by="model"
        one="Model"
        bar="totalRequests"
        figures={['apiEquivalentMicros', 'cacheHitRate']}
        extra={extra}
        size="half"
      />
      <BreakdownPanel
        title={agents ? 'Agents' : 'Projects'}
        by={agents ? 'agent' : 'project'}
        one={agents ? 'Agent' : 'Project'}
        bar="totalRequests"
        figures={['totalSessions', 'costMicros']}
        extra={extra}
        size="half"
      />
    </Page>
  );
}
