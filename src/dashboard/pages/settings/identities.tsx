import { useAction, useSetting } from '../../api/action.ts';
import { ago, longDay } from '../../format/calendar.ts';
import { counted } from '../../format/counted.ts';
import { cellLine, figureLine } from '../../format/figure.ts';
import { assistantName, personName } from '../../format/names.ts';
import type { Column } from '../../ui/columns.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Field, FormPanel } from '../../ui/form-panel.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SettingsPage } from './settings-page.tsx';

interface Unmapped {
  actor: string;
  assistants: readonly string[];
  requests: number;
  tokens: number;
  apiEquivalentMicros: number;
  lastAt: string;
  suggestions: readonly { person: string; why: string }[];
}

interface Mapping {
  actor: string;
  segments: readonly { from: string | null; to: string | null; person: string }[];
}

/** Who keys and logins are. What is said here holds for the past at once. */
export default function IdentitySettings() {
  const unmapped = useSetting<{ actors: readonly Unmapped[] }>('unmapped');
  const mappings = useSetting<{ mappings: readonly Mapping[] }>('mappings');
  const map = useAction();
  return (
    <SettingsPage lead="Whose keys and logins these are; what is said here holds for the past at once">
      <Panel
        title="Not yet anybody’s"
        report={unmapped}
        csv={false}
        count={({ actors }) => counted(actors.length, 'key or login')}
        isEmpty={({ actors }) => actors.length === 0}
        empty={{ title: 'Every key and login belongs to somebody' }}
        table={({ actors }) => (
          <DataTable
            caption="Unmapped keys and logins"
            rows={actors}
            rowKey={({ actor }) => actor}
            columns={UNMAPPED}
            sort="-requests"
          />
        )}
      />
      <FormPanel
        title="Say whose it is"
        submit="Save"
        busy={map.isPending}
        error={map.error}
        send={(said, form) =>
          map.mutate({ method: 'POST', path: 'mappings', body: said }, { onSuccess: () => form.reset() })
        }
      >
        <Field name="actor" label="Key or login" required placeholder="anthropic-key:apikey_01…" />
        <Field name="person" label="Person’s e-mail" required />
        <Field name="from" label="From (empty: always)" type="date" />
        <Field name="to" label="Until (empty: still)" type="date" />
      </FormPanel>
      <Panel
        title="Belongs to"
        report={mappings}
        isEmpty={({ mappings: all }) => all.length === 0}
        empty={{ title: 'Nothing has been mapped yet' }}
        table={({ mappings: all }) => (
          <DataTable
            caption="Mapped keys and logins"
            rows={all}
            rowKey={({ actor }) => actor}
            columns={MAPPED}
            sortParam="mapped-sort"
          />
        )}
      />
    </SettingsPage>
  );
}

const UNMAPPED: readonly Column<Unmapped>[] = [
  {
    id: 'actor',
    title: 'Key or login',
    value: ({ actor }) => actor,
    cell: ({ actor }) => (
      <bdi className="clip" title={actor}>
        {personName(actor)}
      </bdi>
    ),
  },
  {
    id: 'assistants',
    title: 'Assistants',
    value: ({ assistants }) => assistants.join(),
    cell: ({ assistants }) => assistants.map(assistantName).join(', '),
  },
  {
    id: 'requests',
    title: 'Requests',
    numeric: true,
    value: ({ requests }) => requests,
    cell: ({ requests }) => figureLine(requests, 'count'),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    numeric: true,
    value: ({ tokens }) => tokens,
    cell: ({ tokens }) => figureLine(tokens, 'tokens'),
  },
  {
    id: 'value',
    title: 'API value',
    numeric: true,
    value: ({ apiEquivalentMicros }) => apiEquivalentMicros,
    cell: ({ apiEquivalentMicros }) => cellLine(apiEquivalentMicros, 'money'),
  },
  { id: 'last', title: 'Last seen', value: ({ lastAt }) => lastAt, cell: ({ lastAt }) => ago(lastAt, Date.now()) },
  { id: 'suggestions', title: 'May be', value: () => null, fixed: true, cell: (actor) => <Suggestions {...actor} /> },
];

function Suggestions({ actor, suggestions }: Unmapped) {
  const map = useAction();
  if (suggestions.length === 0) return <span className="muted">nobody we know</span>;
  return (
    <span className="confirm">
      {suggestions.slice(0, 2).map(({ person, why }) => (
        <button
          key={person}
          type="button"
          className="button small"
          title={why}
          disabled={map.isPending}
          onClick={() => map.mutate({ method: 'POST', path: 'mappings', body: { actor, person } })}
        >
          {personName(person)}
        </button>
      ))}
      {map.error && <span className="form-error">{map.error.message}</span>}
    </span>
  );
}

const spanText = ({ from, to }: Mapping['segments'][number]): string =>
  `${from === null ? '' : `from ${longDay(from)} `}${to === null ? '' : `until ${longDay(to)}`}`;

const MAPPED: readonly Column<Mapping>[] = [
  {
    id: 'actor',
    title: 'Key or login',
    value: ({ actor }) => actor,
    cell: ({ actor }) => (
      <bdi className="clip" title={actor}>
        {personName(actor)}
      </bdi>
    ),
  },
  {
    id: 'person',
    title: 'Person',
    value: ({ segments }) => segments[0]?.person ?? null,
    cell: ({ segments }) => (
      <bdi>{segments.map((segment) => `${personName(segment.person)} ${spanText(segment)}`.trim()).join('; ')}</bdi>
    ),
  },
  { id: 'act', title: '', value: () => null, fixed: true, cell: (mapping) => <Unmap {...mapping} /> },
];

function Unmap({ actor }: Mapping) {
  const unmap = useAction();
  return (
    <>
      <Confirm
        label="Undo"
        question="It stands for itself again, in the past too."
        busy={unmap.isPending}
        confirm={() => unmap.mutate({ method: 'DELETE', path: `mappings/${encodeURIComponent(actor)}` })}
      />
      {unmap.error && <span className="form-error">{unmap.error.message}</span>}
    </>
  );
}
