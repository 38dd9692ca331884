import { useState } from 'react';
import { useAction, useSetting } from '../../api/action.ts';
import { counted } from '../../format/counted.ts';
import { figureLine } from '../../format/figure.ts';
import type { Column } from '../../ui/columns.tsx';
import { Field, FormPanel } from '../../ui/form-panel.tsx';
import { ListPanel } from '../../ui/list-panel.tsx';

interface Team {
  name: string;
  department: string | null;
  managers: readonly string[];
  members: number;
  version: number;
}

/** Which department a team belongs to, and which managers see it. */
export function Teams() {
  const teams = useSetting<{ teams: readonly Team[] }>('teams');
  const put = useAction();
  const [chosen, choose] = useState<Team | null>(null);
  return (
    <>
      {chosen !== null && (
        <FormPanel
          key={chosen.name}
          title={`Change the team ${chosen.name}`}
          note="Managers, by their e-mails with commas between, see the usage of the team’s people. What is emptied is taken away."
          submit="Save"
          busy={put.isPending}
          error={put.error}
          send={({ department = null, managers = '' }) =>
            put.mutate(
              {
                method: 'PUT',
                path: `teams/${encodeURIComponent(chosen.name)}`,
                body: { department, managers: listOf(managers), version: chosen.version },
              },
              { onSuccess: () => choose(null) },
            )
          }
          result={
            <p className="actions">
              <button type="button" className="button small plain" onClick={() => choose(null)}>
                Cancel
              </button>
            </p>
          }
        >
          <Field name="managers" label="Managers" wide focus initial={chosen.managers.join(', ')} />
          <Field name="department" label="Department" initial={chosen.department ?? ''} />
        </FormPanel>
      )}
      <ListPanel
        title="Teams"
        report={teams}
        rows={({ teams: all }) => all}
        rowKey={({ name }) => name}
        sortParam="team-sort"
        sort="name"
        noun="team"
        csv={false}
        note="A manager whom no team names, and to whom nobody reports, sees the whole organisation."
        empty={{ title: 'There are no teams yet', text: 'A team is there as soon as somebody above is in it.' }}
        columns={[...COLUMNS, changeColumn(choose)]}
      />
    </>
  );
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

const COLUMNS: readonly Column<Team>[] = [
  { id: 'name', title: 'Team', value: ({ name }) => name, cell: ({ name }) => <bdi className="clip">{name}</bdi> },
  {
    id: 'department',
    title: 'Department',
    value: ({ department }) => department,
    cell: ({ department }) => <bdi className="clip">{department ?? '–'}</bdi>,
  },
  {
    id: 'managers',
    title: 'Managers',
    value: ({ managers }) => managers.join(', '),
    cell: ({ managers }) => <bdi className="clip">{managers.length === 0 ? '–' : managers.join(', ')}</bdi>,
  },
  {
    id: 'members',
    title: 'People',
    numeric: true,
    value: ({ members }) => members,
    cell: ({ members }) => <span title={counted(members, 'person')}>{figureLine(members, 'count')}</span>,
  },
];

const changeColumn = (choose: (team: Team) => void): Column<Team> => ({
  id: 'change',
  title: '',
  value: () => null,
  fixed: true,
  cell: (team) => (
    <button
      type="button"
      className="button small"
      aria-label={`Change the team ${team.name}`}
      onClick={() => choose(team)}
    >
      Change
    </button>
  ),
});
