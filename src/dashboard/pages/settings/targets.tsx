import { useAction, useSetting } from '../../api/action.ts';
import { cellLine } from '../../format/figure.ts';
import type { Column } from '../../ui/columns.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Field, FormPanel } from '../../ui/form-panel.tsx';
import { ListPanel } from '../../ui/list-panel.tsx';
import { SettingsPage } from './settings-page.tsx';

interface Budget {
  team: string | null;
  monthlyMicros: number;
}

interface Budgets {
  budgets: readonly Budget[];
  version: number;
}

/** What the organisation wants to be held against. */
export default function TargetSettings() {
  const targets = useSetting<{ adoptionRate: number | null }>('targets').query.data;
  const budgets = useSetting<Budgets>('budgets');
  const teams = useSetting<{ teams: readonly { name: string }[] }>('teams').query.data;
  const putTarget = useAction();
  const putBudgets = useAction();
  const { budgets: all = [], version } = budgets.query.data ?? { version: 0 };
  const save = (next: readonly Budget[], done?: () => void) =>
    putBudgets.mutate(
      { method: 'PUT', path: 'budgets', body: { budgets: next, version } },
      done ? { onSuccess: done } : {},
    );
  return (
    <SettingsPage lead="What the organisation wants to be held against">
      {targets && (
        <FormPanel
          key={String(targets.adoptionRate)}
          title="Adoption"
          note="The share of people with a seat who should use it. Leave it empty for none."
          submit="Save"
          size="half"
          busy={putTarget.isPending}
          error={putTarget.error}
          send={({ percent }) =>
            putTarget.mutate({
              method: 'PUT',
              path: 'targets',
              body: { adoptionRate: percent === undefined ? null : Number(percent) / 100 },
            })
          }
          {...(putTarget.isSuccess ? { result: <p role="status">Saved.</p> } : {})}
        >
          <Field
            name="percent"
            label="Percent of licensed people"
            type="number"
            min="0"
            max="100"
            initial={typeof targets.adoptionRate === 'number' ? String(Math.round(targets.adoptionRate * 100)) : ''}
          />
        </FormPanel>
      )}
      {budgets.query.data && (
        <FormPanel
          title="Set a budget"
          note="For a calendar month, of a team or, without one, of the organisation. Another of the same replaces it."
          submit="Save"
          size="half"
          busy={putBudgets.isPending}
          error={putBudgets.error}
          send={({ team = null, dollars }, form) =>
            save(
              [...all.filter((one) => one.team !== team), { team, monthlyMicros: Math.round(Number(dollars) * 1e6) }],
              () => form.reset(),
            )
          }
        >
          <Field name="team" label="Team" choices={teams?.teams.map(({ name }) => name) ?? []} />
          <Field name="dollars" label="Dollars a month" type="number" min="0" step="0.01" required />
        </FormPanel>
      )}
      <ListPanel
        title="Budgets"
        report={budgets}
        rows={({ budgets: list }) => list}
        rowKey={({ team }) => team ?? ''}
        sortParam="sort"
        noun="budget"
        csv={false}
        empty={{
          title: 'No budget is set',
          text: 'With one, the page Value says where the month is heading, and an alert warns in time.',
        }}
        columns={[
          ...COLUMNS,
          {
            id: 'act',
            title: '',
            fixed: true,
            value: () => null,
            cell: ({ team }) => (
              <Confirm
                label="Remove"
                question="It is held against nothing then."
                confirm={() => save(all.filter((one) => one.team !== team))}
              />
            ),
          },
        ]}
      />
    </SettingsPage>
  );
}

const COLUMNS: readonly Column<Budget>[] = [
  { id: 'team', title: 'Of', value: ({ team }) => team, cell: ({ team }) => <bdi>{team ?? 'The organisation'}</bdi> },
  {
    id: 'monthly',
    title: 'A month',
    numeric: true,
    value: ({ monthlyMicros }) => monthlyMicros,
    cell: ({ monthlyMicros }) => cellLine(monthlyMicros, 'money'),
  },
];
