import { otherPage, useAddress } from '../address/address.ts';
import { Link } from '../address/link.tsx';
import { useAction, useSetting } from '../api/action.ts';
import { useQueryClient } from '@tanstack/react-query';
import { ago } from '../format/calendar.ts';
import type { Column } from '../ui/columns.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Field, FormPanel } from '../ui/form-panel.tsx';
import { ListPanel } from '../ui/list-panel.tsx';
import { Page } from '../ui/page.tsx';

interface Alert {
  rule: string;
  title: string;
  text: string;
  raisedAt: string;
  delivery: string;
  problem: string | null;
}

interface Settings {
  hasWebhook: boolean;
  rules: readonly string[];
  newcomerDays: number;
  staleSyncHours: number;
}

interface Answer {
  alerts: readonly Alert[];
  settings: Settings;
}

const RULES = [
  ['adoption', 'Adoption under its target'],
  ['newcomer', 'A new seat without a first session'],
  ['budget', 'A month heading over its budget'],
  ['spike', 'A day far above the usual'],
  ['stale-sync', 'A vendor not read for too long'],
] as const;

const DELIVERIES: Readonly<Record<string, string>> = {
  none: 'shown here',
  waiting: 'waiting',
  sent: 'sent',
  failed: 'not taken',
};

/** What the daily look found, and where it is told. */
export default function Alerts() {
  const report = useSetting<Answer>('alerts');
  const look = useAction<{ raised: number }>();
  return (
    <Page title="Alerts" lead="Looked for every morning at 7:00 UTC, each said once" filters={false}>
      <ListPanel
        title="Found"
        report={report}
        rows={({ alerts }) => alerts}
        rowKey={({ rule, title, raisedAt }) => `${rule} ${title} ${raisedAt}`}
        sortParam="sort"
        sort="-raisedAt"
        noun="alert"
        csv={false}
        columns={COLUMNS}
        empty={{ title: 'All is quiet', text: 'Nothing has been found by the rules below.' }}
        tools={
          <>
            {look.data && <span role="status">{look.data.raised} new</span>}
            {look.error && <span className="form-error">{look.error.message}</span>}
            <button
              type="button"
              className="button small"
              disabled={look.isPending}
              onClick={() => look.mutate({ method: 'POST', path: 'alerts/evaluate' })}
            >
              {look.isPending ? 'Looking …' : 'Look now'}
            </button>
          </>
        }
      />
      {report.query.data && <Rules settings={report.query.data.settings} />}
      {report.query.data && <Webhook hasWebhook={report.query.data.settings.hasWebhook} />}
    </Page>
  );
}

const COLUMNS: readonly Column<Alert>[] = [
  {
    id: 'title',
    title: 'What',
    value: ({ title }) => title,
    cell: ({ title, text }) => (
      <span className="long">
        <bdi>
          <strong>{title}</strong>
          <br />
          <span className="muted">{text}</span>
        </bdi>
      </span>
    ),
  },
  {
    id: 'rule',
    title: 'Rule',
    value: ({ rule }) => rule,
    cell: ({ rule }) => RULES.find(([name]) => name === rule)?.[1] ?? rule,
  },
  {
    id: 'raisedAt',
    title: 'Found',
    value: ({ raisedAt }) => raisedAt,
    cell: ({ raisedAt }) => <span title={raisedAt}>{ago(raisedAt, Date.now())}</span>,
  },
  {
    id: 'delivery',
    title: 'Webhook',
    value: ({ delivery }) => delivery,
    cell: ({ delivery, problem }) => `${DELIVERIES[delivery] ?? delivery}${problem === null ? '' : `: ${problem}`}`,
  },
];

function Rules({ settings }: { settings: Settings }) {
  const put = useAction();
  const client = useQueryClient();
  const address = useAddress();
  return (
    <FormPanel
      title="Rules"
      note={
        <>
          Targets and budgets are set under <Link to={otherPage(address, '/settings/targets')}>Settings, Targets</Link>.
        </>
      }
      {...(put.isSuccess ? { result: <p role="status">Saved.</p> } : {})}
      submit="Save"
      size="half"
      busy={put.isPending}
      error={put.error}
      send={({ newcomerDays, staleSyncHours, ...chosen }) =>
        put.mutate(
          {
            method: 'PUT',
            path: 'alerts/settings',
            body: {
              rules: RULES.flatMap(([rule]) => (chosen[`rule-${rule}`] === undefined ? [] : [rule])),
              newcomerDays: Number(newcomerDays),
              staleSyncHours: Number(staleSyncHours),
            },
          },
          { onSuccess: () => void client.invalidateQueries() },
        )
      }
    >
      <fieldset style={{ flexBasis: '100%' }}>
        <legend className="visually-hidden">Rules that are looked at</legend>
        {RULES.map(([rule, title]) => (
          <label key={rule} className="check">
            <input type="checkbox" name={`rule-${rule}`} defaultChecked={settings.rules.includes(rule)} />
            {title}
          </label>
        ))}
      </fieldset>
      <Field
        name="newcomerDays"
        label="Days for a first session"
        type="number"
        min="1"
        max="30"
        required
        initial={String(settings.newcomerDays)}
      />
      <Field
        name="staleSyncHours"
        label="Hours between syncs"
        type="number"
        min="1"
        max="720"
        required
        initial={String(settings.staleSyncHours)}
      />
    </FormPanel>
  );
}

function Webhook({ hasWebhook }: { hasWebhook: boolean }) {
  const put = useAction();
  const test = useAction<{ delivered: boolean; problem: string | null }>();
  return (
    <FormPanel
      title="Webhook"
      note="Slack’s incoming webhooks, and whatever reads the same. Its address is a secret: it is never shown again."
      submit={hasWebhook ? 'Replace' : 'Save'}
      size="half"
      busy={put.isPending}
      error={put.error}
      send={({ webhook }, form) =>
        put.mutate({ method: 'PUT', path: 'alerts/settings', body: { webhook } }, { onSuccess: () => form.reset() })
      }
      result={
        hasWebhook && (
          <p className="actions">
            <button
              type="button"
              className="button"
              disabled={test.isPending}
              onClick={() => test.mutate({ method: 'POST', path: 'alerts/test' })}
            >
              Send a test
            </button>
            <Confirm
              label="Forget it"
              question="Alerts will be shown here only."
              confirm={() => put.mutate({ method: 'PUT', path: 'alerts/settings', body: { webhook: null } })}
            />
            {test.data && (
              <span role="status">
                {test.data.delivered ? 'It was taken.' : `It was not taken: ${test.data.problem ?? ''}`}
              </span>
            )}
            {test.error && <span className="form-error">{test.error.message}</span>}
          </p>
        )
      }
    >
      <Field
        name="webhook"
        label={hasWebhook ? 'Another address' : 'Address'}
        type="url"
        wide
        required
        placeholder="https://hooks.slack.com/services/…"
      />
    </FormPanel>
  );
}
