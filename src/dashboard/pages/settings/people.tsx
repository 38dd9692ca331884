import { useState } from 'react';
import { useAction, useSetting } from '../../api/action.ts';
import { longDay } from '../../format/calendar.ts';
import { counted } from '../../format/counted.ts';
import type { Column } from '../../ui/columns.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Choice, Field, FormPanel } from '../../ui/form-panel.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Invitations, ROLES } from './invitations.tsx';
import { Naming } from './naming.tsx';
import { SettingsPage } from './settings-page.tsx';
import { Teams } from './teams.tsx';

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

/** The roster: who belongs to the organisation, where, in what role; and letting them in. */
export default function PeopleSettings() {
  const members = useSetting<{ members: readonly Member[] }>('members');
  const put = useAction();
  const [chosen, choose] = useState<Member | null>(null);
  return (
    <SettingsPage lead="Who belongs here, in which team and role">
      <FormPanel
        key={chosen?.email ?? 'new'}
        title={chosen === null ? 'Add or change a person' : `Change ${chosen.name ?? chosen.email}`}
        note={`${chosen === null ? 'What is left empty stays as it is.' : 'What is emptied is taken away.'} Aliases are other addresses, or logins such as github:ada, separated by commas.`}
        submit="Save"
        busy={put.isPending}
        error={put.error}
        send={({ email = '', ...said }, form) =>
          put.mutate(
            {
              method: 'PUT',
              path: `members/${encodeURIComponent(email)}`,
              body: chosen === null ? entered(said) : changed(chosen, said),
            },
            { onSuccess: () => (choose(null), form.reset()) },
          )
        }
        result={chosen !== null && <Leaving key={chosen.email} member={chosen} done={() => choose(null)} />}
      >
        <Field
          name="email"
          label="E-mail"
          type="email"
          required
          {...(chosen ? { initial: chosen.email, readOnly: true } : {})}
        />
        <Field name="name" label="Name" initial={chosen?.name ?? ''} focus={chosen !== null} />
        <Field name="team" label="Team" initial={chosen?.team ?? ''} />
        <Field name="department" label="Department" initial={chosen?.department ?? ''} />
        <Field name="aliases" label="Aliases" initial={chosen?.aliases.join(', ') ?? ''} />
        <Choice name="role" label="Role" options={[['', 'As it is'], ...ROLES]} />
      </FormPanel>
      <Panel
        title="People"
        report={members}
        count={({ members: all }) => counted(all.length, 'person')}
        isEmpty={({ members: all }) => all.length === 0}
        empty={{
          title: 'Nobody is on the roster yet',
          text: 'Add people here, or take a CSV file in:',
          command: 'revenium-server users import people.csv',
        }}
        table={({ members: all }) => (
          <DataTable
            caption="People"
            rows={all}
            rowKey={({ email }) => email}
            columns={[...COLUMNS, changeColumn(choose)]}
            sort="email"
          />
        )}
      />
      <Teams />
      <Invitations />
      <Naming />
    </SettingsPage>
  );
}

type Said = Readonly<Record<string, string>>;

const aliasesIn = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

const entered = ({ aliases, ...said }: Said): object => ({
  ...said,
  ...(aliases === undefined ? {} : { aliases: aliasesIn(aliases) }),
});

/** Only what is another now: what a team brings with it (its department) must not become the person's own. */
function changed(member: Member, { aliases = '', role, ...said }: Said): object {
  const texts = (['name', 'team', 'department'] as const)
    .filter((name) => (said[name] ?? null) !== member[name])
    .map((name) => [name, said[name] ?? null]);
  const names = aliasesIn(aliases);
  return {
    ...(Object.fromEntries(texts) as object),
    ...(names.join() === member.aliases.join() ? {} : { aliases: names }),
    ...(role === undefined ? {} : { role }),
  };
}

const changeColumn = (choose: (member: Member) => void): Column<Member> => ({
  id: 'change',
  title: '',
  value: () => null,
  fixed: true,
  cell: (member) => (
    <button
      type="button"
      className="button small"
      aria-label={`Change ${member.email}`}
      onClick={() => {
        choose(member);
      }}
    >
      Change
    </button>
  ),
});

/** What else can happen to somebody: leaving, coming back, and being signed out everywhere. */
function Leaving({ member, done }: { member: Member; done: () => void }) {
  const act = useAction();
  const path = `members/${encodeURIComponent(member.email)}`;
  const say = (to: string | null) => act.mutate({ method: 'PUT', path, body: { to } }, { onSuccess: done });
  return (
    <p className="actions">
      {member.active ? (
        <Confirm
          label="Has left"
          question="Their usage stays; from now on they belong to no team."
          busy={act.isPending}
          confirm={() => say(new Date().toISOString())}
        />
      ) : (
        <button type="button" className="button small" disabled={act.isPending} onClick={() => say(null)}>
          Is back
        </button>
      )}
      <Confirm
        label="Sign out everywhere"
        question="Every browser of theirs is signed out; their keys stay."
        busy={act.isPending}
        confirm={() => act.mutate({ method: 'DELETE', path: `${path}/sign-ins` }, { onSuccess: done })}
      />
      <button type="button" className="button small plain" onClick={done}>
        Cancel
      </button>
      {act.error && <span className="form-error">{act.error.message}</span>}
    </p>
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
