import { useState } from 'react';
import { filtersOf, reportParams } from '../../address/filters.ts';
import { useAction, useSetting } from '../../api/action.ts';
import { useMinute } from '../../api/clock.ts';
import type { Row } from '../../api/figures.ts';
import { textOf } from '../../api/figures.ts';
import { reportUrl, useAnswer } from '../../api/report.ts';
import { useOrganization } from '../../api/session.ts';
import { ago, longDay } from '../../format/calendar.ts';
import { counted } from '../../format/counted.ts';
import { cellLine, figureLine } from '../../format/figure.ts';
import { ASSISTANTS, assistantName } from '../../format/names.ts';
import type { Column } from '../../ui/columns.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Choice, Field, FormPanel } from '../../ui/form-panel.tsx';
import { Headlines } from '../../ui/headlines.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeatState } from '../../ui/seat-state.tsx';
import { SettingsPage } from './settings-page.tsx';

interface Span {
  from: string | null;
  to: string | null;
  tier: string;
  plan: string;
  monthlyMicros: number;
}

interface Holding {
  email: string;
  assistant: string;
  spans: readonly Span[];
}

interface Price {
  assistant: string;
  tier: string;
  plan: string;
  monthlyMicros: number | null;
}

const nowOf = ({ spans }: Holding): Span | null =>
  spans.find(({ to }) => to === null || Date.parse(to) > Date.now()) ?? null;

/** Seats: who holds which subscription at what price. */
export default function SeatSettings() {
  const seats = useSetting<{ seats: readonly Holding[] }>('seats');
  const { data: prices } = useSetting<{ prices: readonly Price[] }>('seat-prices').query;
  // The same 30 days as every page begins with.
  const days = reportParams(filtersOf({ path: '', params: new URLSearchParams() }), useMinute());
  const value = useAnswer<{ seats: readonly Row[] }>(reportUrl(useOrganization(), 'value', days));
  const states = new Map(
    value.query.data?.seats.map((row) => [`${textOf(row, 'user')} ${textOf(row, 'assistant')}`, row]),
  );
  const useOf = ({ email, assistant: of }: Holding) => states.get(`email:${email} ${of}`);
  const [assistant, setAssistant] = useState('claude-code');
  const put = useAction();
  const tiers = (prices?.prices ?? []).filter((price) => price.assistant === assistant);
  return (
    <SettingsPage lead="Who holds which subscription, since when, at what price">
      <Headlines
        report={value}
        items={[
          { metric: 'subscriptionCostMicros', title: 'Subscriptions, last 30 days' },
          { metric: 'inactiveSeats', missing: 'needs a roster with seats' },
          { metric: 'recoverableMicros', missing: 'needs a roster with seats' },
          { metric: 'underusedSeats', missing: 'needs a roster with seats' },
        ]}
      />
      <FormPanel
        title="Give or change a seat"
        note="What was held before stays in the past. Without a price the tier’s own counts."
        submit="Save"
        busy={put.isPending}
        error={put.error}
        send={({ email = '', assistant: to = '', tier, dollars, from }, form) =>
          put.mutate(
            {
              method: 'PUT',
              path: `seats/${encodeURIComponent(email)}/${to}`,
              body: {
                tier,
                ...(dollars === undefined ? {} : { monthlyMicros: Math.round(Number(dollars) * 1e6) }),
                ...(from === undefined ? {} : { from }),
              },
            },
            { onSuccess: () => form.reset() },
          )
        }
      >
        <Field name="email" label="Person’s e-mail" type="email" required />
        <Choice name="assistant" label="Assistant" options={ASSISTANTS} change={setAssistant} />
        {tiers.length > 0 ? (
          <Choice
            key={assistant}
            name="tier"
            label="Tier"
            options={tiers.map(({ tier, plan, monthlyMicros }) => [
              tier,
              `${plan} ${monthlyMicros === null ? '' : `(${figureLine(monthlyMicros, 'money')})`}`,
            ])}
          />
        ) : (
          <Field name="tier" label="Tier" required />
        )}
        <Field name="dollars" label="Dollars a month" type="number" step="0.01" min="0" />
        <Field name="from" label="Since" type="date" />
      </FormPanel>
      <Panel
        title="Seats"
        report={seats}
        count={({ seats: all }) => {
          const held = all.flatMap((seat) => nowOf(seat) ?? []);
          return `${counted(held.length, 'seat')} held, ${figureLine(
            held.reduce((sum, { monthlyMicros }) => sum + monthlyMicros, 0),
            'money',
          )} a month`;
        }}
        isEmpty={({ seats: all }) => all.length === 0}
        empty={{
          title: 'No seats are entered yet',
          text: 'Until then cost rests on the tiers that clients report, at their list prices. Enter seats here, or take a CSV file in:',
          command: 'revenium-server seats import seats.csv',
        }}
        table={({ seats: all }) => (
          <DataTable
            caption="Seats"
            rows={all}
            rowKey={({ email, assistant: of }) => `${email} ${of}`}
            columns={[personColumn(useOf), ...COLUMNS, ...usageColumns(useOf), GIVE_BACK]}
            sort="email"
          />
        )}
      />
    </SettingsPage>
  );
}

const COLUMNS: readonly Column<Holding>[] = [
  {
    id: 'assistant',
    title: 'Assistant',
    value: ({ assistant }) => assistantName(assistant),
    cell: ({ assistant }) => assistantName(assistant),
  },
  {
    id: 'plan',
    title: 'Plan',
    value: (seat) => nowOf(seat)?.plan ?? null,
    cell: (seat) => nowOf(seat)?.plan ?? <span className="muted">given back</span>,
  },
  {
    id: 'monthly',
    title: 'A month',
    numeric: true,
    value: (seat) => nowOf(seat)?.monthlyMicros ?? null,
    cell: (seat) => cellLine(nowOf(seat)?.monthlyMicros, 'money'),
  },
  {
    id: 'since',
    title: 'Since',
    value: (seat) => nowOf(seat)?.from ?? null,
    cell: (seat) => {
      const from = nowOf(seat)?.from;
      return from === undefined ? '–' : from === null ? 'always' : longDay(from);
    },
  },
];

const personColumn = (useOf: (seat: Holding) => Row | undefined): Column<Holding> => ({
  id: 'email',
  title: 'Person',
  value: ({ email }) => email,
  cell: (seat) => {
    const name = textOf(useOf(seat) ?? {}, 'name');
    return (
      <bdi className="clip" title={seat.email}>
        {name}
        {name !== null && <br />}
        <span className={name === null ? undefined : 'muted'}>{seat.email}</span>
      </bdi>
    );
  },
});

/** Whether it is used, in the last 30 days. */
const usageColumns = (useOf: (seat: Holding) => Row | undefined): Column<Holding>[] => [
  {
    id: 'state',
    title: 'Use',
    value: (seat) => textOf(useOf(seat) ?? {}, 'state'),
    cell: (seat) => <SeatState state={textOf(useOf(seat) ?? {}, 'state')} />,
  },
  {
    id: 'lastAt',
    title: 'Last used',
    value: (seat) => textOf(useOf(seat) ?? {}, 'lastAt'),
    cell: (seat) => {
      const at = textOf(useOf(seat) ?? {}, 'lastAt');
      return at === null ? <span className="muted">–</span> : <span title={at}>{ago(at, Date.now())}</span>;
    },
  },
];

const GIVE_BACK: Column<Holding> = {
  ...{ id: 'act', title: '', fixed: true },
  value: () => null,
  cell: (seat) => <GiveBack seat={seat} />,
};

function GiveBack({ seat }: { seat: Holding }) {
  const end = useAction();
  if (nowOf(seat) === null) return null;
  return (
    <>
      <Confirm
        label="Give back"
        question="The seat ends now; its past stays."
        busy={end.isPending}
        confirm={() =>
          end.mutate({
            method: 'POST',
            path: `seats/${encodeURIComponent(seat.email)}/${seat.assistant}/end`,
            body: {},
          })
        }
      />
      {end.error && <span className="form-error">{end.error.message}</span>}
    </>
  );
}
