import { useAddress } from '../../address/address.ts';
import { useAnswer, reportUrl } from '../../api/report.ts';
import { useOrganization } from '../../api/session.ts';
import { moment } from '../../format/calendar.ts';
import { counted } from '../../format/counted.ts';
import { figureLine } from '../../format/figure.ts';
import type { Column } from '../../ui/columns.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Pager, cursorOf } from '../../ui/pager.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SettingsPage } from './settings-page.tsx';

interface Entry {
  at: string;
  by: string;
  byEmail: string | null;
  kind: string;
  entity: string;
  version: number;
  action: string;
  after: Readonly<Record<string, unknown>>;
}

interface Trail {
  entries: readonly Entry[];
  nextCursor: string | null;
}

/** Who changed what, when. */
export default function AuditSettings() {
  const org = useOrganization();
  const cursor = cursorOf(useAddress());
  const trail = useAnswer<Trail>(reportUrl(org, 'audit', new URLSearchParams(cursor === null ? {} : { cursor })));
  return (
    <SettingsPage lead="Every change, by whom; nothing here can be changed or removed">
      <Panel
        title="Changes"
        report={trail}
        csv={false}
        isEmpty={({ entries }) => entries.length === 0}
        empty={{ title: 'Nothing has been changed yet' }}
        count={({ entries }) => counted(entries.length, 'change on this page')}
        tools={<Pager next={trail.query.data?.nextCursor ?? null} />}
        table={({ entries }) => (
          <DataTable
            caption="Changes"
            rows={entries}
            rowKey={({ kind, entity, version }) => `${kind} ${entity} ${version}`}
            columns={COLUMNS}
            sorted
          />
        )}
      />
    </SettingsPage>
  );
}

/** `role: manager, team: web`; what the column beside it says is left out. */
const said = (after: Readonly<Record<string, unknown>>, entity: string): string =>
  Object.entries(after)
    .filter(([, value]) => value !== null && value !== '' && value !== entity && !isEmpty(value))
    .map(([key, value]) => `${words(key)}: ${valueText(key, value)}`)
    .join(', ');

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

const words = (key: string): string =>
  key
    .replace(/(?:Micros|Ms)$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

function valueText(key: string, value: unknown): string {
  if (typeof value === 'number' && key.endsWith('Micros')) return figureLine(value, 'money');
  if (typeof value === 'number' && /(?:at|from|to)Ms$/i.test(key)) return moment(new Date(value).toISOString(), 'UTC');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map((one: unknown) => valueText(key, one)).join('; ');
  if (typeof value === 'object' && value !== null) return said(value as Readonly<Record<string, unknown>>, '');
  return String(value);
}

const column = (id: string, title: string, text: (entry: Entry) => string): Column<Entry> => ({
  id,
  title,
  fixed: true,
  value: text,
  cell: (entry) => (
    <bdi className="clip" title={text(entry)}>
      {text(entry)}
    </bdi>
  ),
});

const COLUMNS: readonly Column<Entry>[] = [
  column('at', 'When', ({ at }) => moment(at, 'UTC')),
  column('by', 'Who', ({ by, byEmail }) => byEmail ?? (by === 'local' ? 'this machine' : by)),
  column('action', 'Did', ({ action, kind }) => `${action} ${kind}`),
  column('entity', 'What', ({ entity }) => entity),
  {
    ...column('after', 'Now', ({ after, entity }) => said(after, entity)),
    cell: ({ after, entity }) => <bdi className="long">{said(after, entity)}</bdi>,
  },
];
