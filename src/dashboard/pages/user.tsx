import { useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import { useReport } from '../api/report.ts';
import { longDay } from '../format/calendar.ts';
import { figureLine } from '../format/figure.ts';
import { personName } from '../format/names.ts';
import { BreakdownPanel } from '../ui/breakdown-panel.tsx';
import { Headlines } from '../ui/headlines.tsx';
import { Page } from '../ui/page.tsx';
import { Empty } from '../ui/panel.tsx';
import { TrendPanel } from '../ui/trend-panel.tsx';
import { SessionList } from './sessions.tsx';

interface Person {
  user: string;
  name: string | null;
  team: string | null;
  department: string | null;
  seats: readonly { assistant: string; plan: string; monthlyMicros: number; from: string | null; to: string | null }[];
}

/** One person: history, models, agents, sessions. */
export default function User() {
  const address = useAddress();
  const id = address.params.get('id') ?? '';
  const { view } = filtersOf(address);
  const report = useReport<Person>(`users/${encodeURIComponent(id)}`, {
    extra: { user: null },
    enabled: id !== '' && view === 'user',
  });
  const { data } = report.query;
  const extra = { user: id };
  const place = [data?.team, data?.department].filter((text) => typeof text === 'string').join(', ');
  if (view === 'organization')
    return (
      <Page title="Person">
        <Empty title="The organisation view names nobody" text="Choose People beside the period to see them." />
      </Page>
    );
  if (id === '')
    return (
      <Page title="Person">
        <Empty title="Nobody is chosen" text="Choose somebody from the list of people." />
      </Page>
    );
  return (
    <Page title={data?.name ?? personName(id)} lead={place === '' ? personName(id) : `${personName(id)} · ${place}`}>
      <Headlines
        report={report}
        items={[
          { metric: 'activeDays' },
          { metric: 'totalSessions' },
          { metric: 'workingMs' },
          { metric: 'totalTokens' },
          { metric: 'apiEquivalentMicros' },
          { metric: 'costMicros' },
        ]}
      />
      {data !== undefined && data.seats.length > 0 && (
        <p className="muted" style={{ gridColumn: '1 / -1' }}>
          Holds{' '}
          {data.seats
            .map(({ plan, monthlyMicros, from, to }) => {
              const span = `${from === null ? '' : ` since ${longDay(from)}`}${to === null ? '' : ` until ${longDay(to)}`}`;
              return `${plan} (${figureLine(monthlyMicros, 'money')} a month${span})`;
            })
            .join(', ')}
          .
        </p>
      )}
      <TrendPanel extra={extra} by="assistant" alone />
      <BreakdownPanel
        title="Assistants"
        by="assistant"
        one="Assistant"
        bar="totalSessions"
        figures={['costMicros', 'apiEquivalentMicros']}
        extra={extra}
        size="half"
      />
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
        title="Agents"
        by="agent"
        one="Agent"
        bar="totalRequests"
        figures={['costMicros']}
        extra={extra}
        size="half"
      />
      <BreakdownPanel
        title="Projects"
        by="project"
        one="Project"
        bar="totalSessions"
        figures={['costMicros', 'totalTokens']}
        extra={extra}
        size="half"
      />
      <SessionList extra={extra} named={false} />
    </Page>
  );
}
