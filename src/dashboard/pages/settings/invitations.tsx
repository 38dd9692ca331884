import { useAction, useSetting } from '../../api/action.ts';
import { longDay } from '../../format/calendar.ts';
import { Command } from '../../ui/command.tsx';
import type { Column } from '../../ui/columns.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Choice, Field, FormPanel } from '../../ui/form-panel.tsx';
import { Panel } from '../../ui/panel.tsx';

interface Invitation {
  id: string;
  email: string;
  role: string;
  expiresAt: string;
  state: string;
}

export const ROLES = [
  ['member', 'Member'],
  ['manager', 'Manager'],
  ['admin', 'Admin'],
] as const;

/** Letting people in who have no key yet. */
export function Invitations() {
  const invitations = useSetting<{ invitations: readonly Invitation[] }>('invitations');
  const invite = useAction<{ link: string; email: string }>();
  return (
    <>
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
    </>
  );
}

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
    <>
      <Confirm
        label="Take back"
        question="The link stops working."
        busy={revoke.isPending}
        confirm={() => revoke.mutate({ method: 'DELETE', path: `invitations/${encodeURIComponent(id)}` })}
      />
      {revoke.error && <span className="form-error">{revoke.error.message}</span>}
    </>
  );
}
