import { filtersOf } from '../address/filters.ts';
import { useAddress } from '../address/address.ts';
import type { Extra } from '../api/report.ts';
import { figureOf, previousOf } from '../api/figures.ts';
import { useReport } from '../api/report.ts';
import { assistantName } from '../format/names.ts';
import { BreakdownPanel } from '../ui/breakdown-panel.tsx';
import type { Headline } from '../ui/headlines.tsx';
import { Headlines } from '../ui/headlines.tsx';
import { Page } from '../ui/page.tsx';
import type { EmptyText } from '../ui/panel.tsx';
import { Empty } from '../ui/panel.tsx';
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

/** What brings its first figures. */
const BEGINNINGS: Readonly<Record<string, Omit<EmptyText, 'title'>>> = {
  'claude-code': { text: 'One command on a developer’s machine sets it up:', command: 'revenium-metering setup' },
  'gemini-cli': { text: 'One command on a developer’s machine sets it up:', command: 'revenium-gemini setup' },
  cursor: { text: 'One machine reads the whole team’s use from Cursor’s admin API:', command: 'revenium-cursor setup' },
  'claude-cowork': {
    text: 'An administrator of Claude enters this server there; this prints the fields:',
    command: 'revenium-metering managed-settings',
  },
  openai: {
    text: 'Its own API is read once a key is under Settings, Connections; then every morning, or by:',
    command: 'revenium-server sync openai',
  },
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
  const { view, values } = filtersOf(useAddress());
  const { data } = summary.query;
  const isFiltered = Object.values(values).some((chosen) => chosen.length > 0);
  const isQuiet = [data, data && previousOf(data)].every(
    (one) => one && figureOf(one, 'totalRequests') === 0 && figureOf(one, 'costMicros') === 0,
  );
  if (isQuiet && !isFiltered)
    return (
      <Page title={assistantName(id)} lead={LEADS[kind]}>
        <section className="panel" aria-label="Getting started">
          <Empty {...BEGINNINGS[id]} title="Nothing has arrived in this period or the one before" />
        </section>
      </Page>
    );
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
