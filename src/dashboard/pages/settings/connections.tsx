import { useState } from 'react';
import { useAction, useSetting } from '../../api/action.ts';
import { ago, moment } from '../../format/calendar.ts';
import { figureLine } from '../../format/figure.ts';
import { VENDORS, vendorName } from '../../format/names.ts';
import type { Column } from '../../ui/columns.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Choice, Field, FormPanel } from '../../ui/form-panel.tsx';
import { ListPanel } from '../../ui/list-panel.tsx';
import { SettingsPage } from './settings-page.tsx';

interface Connection {
  vendor: string;
  keyFrom: 'stored' | 'environment' | null;
  keyHint: string | null;
  lastSync: { id: string; state: string; startedAt: string; error: string | null } | null;
  nextSyncAt: string | null;
}

interface Sync {
  id: string;
  vendor: string;
  state: string;
  trigger: string;
  startedAt: string;
  durationMs: number | null;
  fetched: number;
  written: number;
  error: string | null;
}

const KEYS: Readonly<Record<string, string>> = {
  anthropic: 'An admin key of the organisation (Claude Console, Settings, Admin keys)',
  openai: 'An admin key of the organisation (Platform, Settings, Admin keys)',
  cursor: 'An admin key of the team (Cursor dashboard, Settings)',
  github: 'A token that may read the organisations’ pull requests',
};
const LOOKS: Readonly<Record<string, string>> = { done: 'good', partial: 'warn', failed: 'bad', interrupted: 'warn' };
const SOON_MS = 1_500;
const isRunning = (data: { syncs: readonly Sync[] } | undefined): boolean =>
  data?.syncs.some(({ state }) => state === 'running') ?? false;

/** Vendors that usage is read from, and how that went. */
export default function ConnectionSettings() {
  const [vendor, setVendor] = useState('anthropic');
  const syncs = useSetting<{ syncs: readonly Sync[] }>('syncs', {
    liveMs: (data) => (isRunning(data) ? SOON_MS : null),
  });
  const running = isRunning(syncs.query.data);
  const connections = useSetting<{ connections: readonly Connection[] }>('connections', {
    liveMs: () => (running ? SOON_MS : null),
  });
  const put = useAction();
  return (
    <SettingsPage lead="Vendors whose own numbers are read, every morning at 6:00 UTC">
      <ListPanel
        title="Vendors"
        report={connections}
        rows={({ connections: all }) => all}
        rowKey={({ vendor }) => vendor}
        sortParam="sort"
        noun="vendor"
        csv={false}
        columns={CONNECTIONS}
      />
      <FormPanel
        title="Connect a vendor"
        note={`${KEYS[vendor] ?? 'A key of the vendor'}. It is stored encrypted and never shown again.`}
        submit="Save"
        busy={put.isPending}
        error={put.error}
        send={({ apiKey, organizations, ...said }, form) =>
          put.mutate(
            {
              method: 'PUT',
              path: `connections/${said.vendor ?? ''}`,
              body: {
                apiKey,
                ...(organizations === undefined
                  ? {}
                  : { settings: { organizations: organizations.split(',').map((one) => one.trim()) } }),
              },
            },
            { onSuccess: () => (form.reset(), setVendor('anthropic')) },
          )
        }
      >
        <Choice name="vendor" label="Vendor" options={VENDORS} change={setVendor} />
        <Field name="apiKey" label="Key" type="password" required />
        {vendor === 'github' && (
          <Field
            name="organizations"
            label="Organisations whose pull requests to read"
            placeholder="acme, acme-labs"
            required
            wide
          />
        )}
      </FormPanel>
      <ListPanel
        title="Syncs of late"
        report={syncs}
        rows={({ syncs: all }) => all}
        rowKey={({ id }) => id}
        sortParam="sync-sort"
        sort="-startedAt"
        noun="sync"
        csv={false}
        empty={{
          title: 'Nothing has been read yet',
          text: 'A sync starts here with “Sync now”, every morning, or by command:',
          command: 'revenium-server sync anthropic',
        }}
        columns={SYNCS}
      />
    </SettingsPage>
  );
}

const CONNECTIONS: readonly Column<Connection>[] = [
  {
    id: 'vendor',
    title: 'Vendor',
    value: ({ vendor }) => vendorName(vendor),
    cell: ({ vendor }) => vendorName(vendor),
  },
  {
    id: 'key',
    title: 'Key',
    value: ({ keyFrom }) => keyFrom,
    cell: ({ keyFrom, keyHint }) =>
      keyFrom === null ? (
        <span className="muted">not connected</span>
      ) : (
        <span>
          {keyHint} {keyFrom === 'environment' && <span className="muted">from the environment</span>}
        </span>
      ),
  },
  {
    id: 'last',
    title: 'Last sync',
    value: ({ lastSync }) => lastSync?.startedAt ?? null,
    cell: ({ lastSync }) =>
      lastSync === null ? (
        <span className="muted">never</span>
      ) : (
        <span title={lastSync.error ?? undefined}>
          {lastSync.state}, {ago(lastSync.startedAt, Date.now())}
        </span>
      ),
  },
  {
    id: 'next',
    title: 'Next',
    value: ({ nextSyncAt }) => nextSyncAt,
    cell: ({ nextSyncAt }) => (nextSyncAt === null ? '–' : moment(nextSyncAt, 'UTC')),
  },
  { id: 'act', title: '', value: () => null, fixed: true, cell: (connection) => <Act {...connection} /> },
];

function Act({ vendor, keyFrom }: Connection) {
  const start = useAction();
  const forget = useAction();
  if (keyFrom === null) return null;
  const error = start.error ?? forget.error;
  return (
    <span className="confirm">
      <button
        type="button"
        className="button small"
        disabled={start.isPending}
        onClick={() => start.mutate({ method: 'POST', path: 'syncs', body: { vendor } })}
      >
        Sync now
      </button>
      {keyFrom === 'stored' && (
        <Confirm
          label="Disconnect"
          question="The key is forgotten; what was read stays."
          busy={forget.isPending}
          confirm={() => forget.mutate({ method: 'DELETE', path: `connections/${vendor}` })}
        />
      )}
      {error && <span className="form-error">{error.message}</span>}
    </span>
  );
}

const SYNCS: readonly Column<Sync>[] = [
  {
    id: 'startedAt',
    title: 'Began',
    value: ({ startedAt }) => startedAt,
    cell: ({ startedAt }) => moment(startedAt, 'UTC'),
  },
  {
    id: 'vendor',
    title: 'Vendor',
    value: ({ vendor }) => vendorName(vendor),
    cell: ({ vendor }) => vendorName(vendor),
  },
  {
    id: 'state',
    title: 'Outcome',
    value: ({ state }) => state,
    cell: ({ state, error }) => (
      <>
        <span className={`tag ${LOOKS[state] ?? ''}`}>{state}</span>
        {error !== null && <bdi className="long">{error}</bdi>}
      </>
    ),
  },
  { id: 'trigger', title: 'Started by', value: ({ trigger }) => trigger, cell: ({ trigger }) => trigger },
  {
    id: 'duration',
    title: 'Took',
    numeric: true,
    value: ({ durationMs }) => durationMs,
    cell: ({ durationMs }) => figureLine(durationMs, 'duration'),
  },
  {
    id: 'fetched',
    title: 'Rows',
    numeric: true,
    value: ({ fetched }) => fetched,
    cell: ({ fetched }) => figureLine(fetched, 'count'),
  },
  {
    id: 'written',
    title: 'Changed',
    numeric: true,
    value: ({ written }) => written,
    cell: ({ written }) => figureLine(written, 'count'),
  },
];
