import { useAction, useSetting } from '../../api/action.ts';
import { longDay } from '../../format/calendar.ts';
import { Command } from '../../ui/command.tsx';
import type { Column } from '../../ui/columns.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Choice, Field, FormPanel } from '../../ui/form-panel.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SettingsPage } from './settings-page.tsx';

interface Member {
  email: string;
  name: string | null;
  aliases: readonly string[];
  role: string;
  team: string | null;
  department: string | null;
  active: boolean;
  leftAt: string | null;
}

interface Invitation {
  id: string;
  email: string;
  role: string;
  expiresAt: string;
  state: string;
}

const ROLES = [
  ['member', 'Member'],
  ['manager', 'Manager'],
  ['admin', 'Admin'],
] as const;

/** The roster: who belongs to the organisation, where, in what role; and letting them in. */
export default function PeopleSettings() {
  const members = useSetting<{ members: readonly Member[] }>('members');
  const invitations = useSetting<{ invitations: readonly Invitation[] }>('invitations');
  const put = useAction();
  const invite = useAction<{ link: string; email: string }>();
  return (
    <SettingsPage lead="Who belongs here, in which team and role">
      <FormPanel
        title="Add or change a person"
        note="What is left empty stays as it is. Aliases are other addresses, or logins such as github:ada, separated by commas."
        submit="Save"
        busy={put.isPending}
        error={put.error}
        send={({ email = '', aliases, ...said }, form) =>
          put.mutate(
            {
              method: 'PUT',
              path: `members/${encodeURIComponent(email)}`,
              body: {
                ...said,
                ...(aliases === undefined ? {} : { aliases: aliases.split(',').map((one) => one.trim()) }),
              },
            },
            { onSuccess: () => form.reset() },
          )
        }
      >
        <Field name="email" label="E-mail" type="email" required />
        <Field name="name" label="Name" />
        <Field name="team" label="Team" />
        <Field name="department" label="Department" />
        <Field name="aliases" label="Aliases" />
        <Choice name="role" label="Role" options={[['', 'As it is'], ...ROLES]} />
      </FormPanel>
      <Panel
        title="People"
        report={members}
        count={({ members: all }) => `${all.length} people`}
        isEmpty={({ members: all }) => all.length === 0}
        empty={{
          title: 'Nobody is on the roster yet',
          text: 'Add people here, or take a CSV file in:',
          command: 'revenium-server users import people.csv',
        }}
        table={({ members: all }) => (
          <DataTable caption="People" rows={all} rowKey={({ email }) => email} columns={COLUMNS} sort="email" />
        )}
      />
      <FormPanel
        title="Invite somebody to sign in"
        note="The link works once, for one person, for a week."
        submit="Make the link"
        busy={invite.isPending}
        error={invite.error}
        size="half"
        send={({ email, role }, form) =>
          invite.mutate(
            { method: 'POST', path: 'invitations', body: { email, ...(role === undefined ? {} : { role }) } },
            { onSuccess: () => form.reset() },
          )
        }
        result={
          invite.data && (
            <div className="secret" role="status" style={{ marginTop: '0.75rem' }}>
              <strong>Send this link to {invite.data.email}; it is shown this once.</strong>
              <Command text={invite.data.link} label="the link" />
            </div>
          )
        }
      >
        <Field name="email" label="E-mail" type="email" required />
        <Choice name="role" label="Role" options={[['', 'As on the roster'], ...ROLES]} />
      </FormPanel>
      <Panel
        title="Invitations"
        report={invitations}
        size="half"
        csv={false}
        isEmpty={({ invitations: all }) => all.length === 0}
        empty={{ title: 'No invitations', text: 'People may also sign in with a key of their own.' }}
        table={({ invitations: all }) => (
          <DataTable
            caption="Invitations"
            rows={all}
            rowKey={({ id }) => id}
            columns={INVITED}
            sortParam="invited-sort"
          />
        )}
      />
    </SettingsPage>
  );
}

const COLUMNS: readonly Column<Member>[] = [
  {
    id: 'name',
    title: 'Name',
    value: ({ name }) => name,
    cell: ({ name }) => <bdi className="clip">{name ?? '–'}</bdi>,
  },
  {
    id: 'email',
    title: 'E-mail',
    value: ({ email }) => email,
    cell: ({ email }) => <bdi className="clip">{email}</bdi>,
  },
  { id: 'team', title: 'Team', value: ({ team }) => team, cell: ({ team }) => team ?? '–' },
  {
    id: 'department',
    title: 'Department',
    value: ({ department }) => department,
    cell: ({ department }) => department ?? '–',
  },
  { id: 'role', title: 'Role', value: ({ role }) => role, cell: ({ role }) => role },
  {
    id: 'aliases',
    title: 'Also known as',
    value: ({ aliases }) => aliases.length,
    cell: ({ aliases }) => <bdi className="clip">{aliases.join(', ')}</bdi>,
  },
  {
    id: 'active',
    title: 'State',
    value: ({ active }) => (active ? 'active' : 'left'),
    cell: ({ active, leftAt }) =>
      active ? (
        <span className="tag good">active</span>
      ) : (
        <span className="tag">left {leftAt === null ? '' : longDay(leftAt)}</span>
      ),
  },
];

const INVITED: readonly Column<Invitation>[] = [
  {
    id: 'email',
    title: 'E-mail',
    value: ({ email }) => email,
    cell: ({ email }) => <bdi className="clip">{email}</bdi>,
  },
  { id: 'role', title: 'Role', value: ({ role }) => role, cell: ({ role }) => role },
  {
    id: 'state',
    title: 'State',
    value: ({ state }) => state,
    cell: ({ state, expiresAt }) => (state === 'open' ? `open until ${longDay(expiresAt)}` : state),
  },
  { id: 'act', title: '', value: () => null, fixed: true, cell: (invitation) => <TakeBack {...invitation} /> },
];

function TakeBack({ id, state }: Invitation) {
  const revoke = useAction();
  if (state !== 'open') return null;
  return (
    <Confirm
      label="Take back"
      question="The link stops working."
      busy={revoke.isPending}
      confirm={() => revoke.mutate({ method: 'DELETE', path: `invitations/${encodeURIComponent(id)}` })}
    />
  );
}
