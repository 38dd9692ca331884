import { useAction, useSetting } from '../../api/action.ts';
import { useSession } from '../../api/session.ts';
import { longDay } from '../../format/calendar.ts';
import { Command } from '../../ui/command.tsx';
import type { Column } from '../../ui/columns.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Choice, Field, FormPanel } from '../../ui/form-panel.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SettingsPage } from './settings-page.tsx';

interface Key {
  id: string;
  scope: string;
  email: string | null;
  createdAt: string;
  createdBy: string;
  revokedAt: string | null;
}

const SCOPES = [
  ['ingest', 'Ingest: machines send with it'],
  ['member', 'Member: one’s own figures'],
  ['manager', 'Manager: their teams'],
  ['admin', 'Admin: everything'],
] as const;

/** API keys: created here, copied once, revoked for ever. */
export default function KeySettings() {
  const keys = useSetting<{ keys: readonly Key[] }>('keys');
  const create = useAction<Key & { key: string }>();
  return (
    <SettingsPage lead="What machines send with, and what people and programs read with">
      <FormPanel
        title="New key"
        submit="Create"
        busy={create.isPending}
        error={create.error}
        send={({ scope, email }, form) =>
          create.mutate(
            { method: 'POST', path: 'keys', body: { scope, ...(email === undefined ? {} : { email }) } },
            { onSuccess: () => form.reset() },
          )
        }
        result={
          create.data && (
            <div className="secret" role="status" style={{ marginTop: '0.75rem' }}>
              <strong>Copy this key now: it is shown this once and kept nowhere.</strong>
              <Command text={create.data.key} label="the key" />
            </div>
          )
        }
      >
        <Choice name="scope" label="What it may do" options={SCOPES} />
        <Field name="email" label="Whose it is" type="email" placeholder="ada@acme.com" />
      </FormPanel>
      <Panel
        title="Keys"
        report={keys}
        count={({ keys: all }) => `${all.filter(({ revokedAt }) => revokedAt === null).length} in use of ${all.length}`}
        isEmpty={({ keys: all }) => all.length === 0}
        csv={false}
        table={({ keys: all }) => (
          <DataTable caption="Keys" rows={all} rowKey={({ id }) => id} columns={COLUMNS} sort="-createdAt" />
        )}
      />
    </SettingsPage>
  );
}

const COLUMNS: readonly Column<Key>[] = [
  { id: 'id', title: 'Key', value: ({ id }) => id, cell: ({ id }) => <code>{id}</code> },
  { id: 'scope', title: 'Scope', value: ({ scope }) => scope, cell: ({ scope }) => scope },
  { id: 'email', title: 'Person', value: ({ email }) => email, cell: ({ email }) => email ?? '–' },
  {
    id: 'createdAt',
    title: 'Created',
    value: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => longDay(createdAt),
  },
  {
    id: 'state',
    title: 'State',
    value: ({ revokedAt }) => revokedAt ?? '',
    cell: ({ revokedAt }) =>
      revokedAt === null ? (
        <span className="tag good">in use</span>
      ) : (
        <span className="tag">revoked {longDay(revokedAt)}</span>
      ),
  },
  { id: 'act', title: '', value: () => null, fixed: true, cell: (key) => <Revoke {...key} /> },
];

function Revoke({ id, revokedAt }: Key) {
  const revoke = useAction();
  const { scope } = useSession();
  if (revokedAt !== null || scope !== 'admin') return null;
  return (
    <>
      <Confirm
        label="Revoke"
        question="For ever; whoever uses it is locked out."
        busy={revoke.isPending}
        confirm={() => revoke.mutate({ method: 'DELETE', path: `keys/${encodeURIComponent(id)}` })}
      />
      {revoke.error && <span className="form-error">{revoke.error.message}</span>}
    </>
  );
}
