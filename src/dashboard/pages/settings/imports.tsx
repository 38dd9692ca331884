import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSetting } from '../../api/action.ts';
import { call } from '../../api/client.ts';
import { reportUrl } from '../../api/report.ts';
import { useOrganization } from '../../api/session.ts';
import { longDay } from '../../format/calendar.ts';
import { counted } from '../../format/counted.ts';
import { figureLine } from '../../format/figure.ts';
import type { Column } from '../../ui/columns.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FormPanel } from '../../ui/form-panel.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SettingsPage } from './settings-page.tsx';

interface Summary {
  formatName: string;
  dryRun: boolean;
  rows: number;
  added: number;
  known: number;
  duplicates: number;
  people: number;
  days: { count: number; first: string | null; last: string | null };
  requests: number;
  tokens: number;
  problems: { count: number; lines: readonly { line: number; reason: string }[] };
  notes: readonly string[];
}

interface Taken {
  id: string;
  at: string;
  name: string | null;
  format: string;
  rows: number;
  added: number;
  known: number;
  problems: number;
}

/** A vendor's CSV file: first what it would bring, then in with it. */
export default function ImportSettings() {
  const imports = useSetting<{ imports: readonly Taken[] }>('imports');
  const org = useOrganization();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const upload = useMutation({
    mutationFn: ({ chosen, dryRun }: { chosen: File; dryRun: boolean }) => {
      const form = new FormData();
      form.append('file', chosen);
      return call<Summary>('POST', reportUrl(org, 'imports', new URLSearchParams({ dryRun: String(dryRun) })), form);
    },
    onSuccess: ({ dryRun }) => (dryRun ? null : client.invalidateQueries()),
  });
  const summary = upload.data;
  return (
    <SettingsPage lead="Usage from a vendor’s console, where nothing can be installed or connected">
      <FormPanel
        title="Take a file in"
        note="Exports of the Claude Console, Claude Team and Enterprise, Cursor, and our own. Rows that are here already change nothing."
        submit="Preview"
        busy={upload.isPending}
        error={upload.error}
        send={() => file && upload.mutate({ chosen: file, dryRun: true })}
        result={
          summary && (
            <div className="notice" role="status">
              <strong>
                {summary.dryRun ? 'Would take in' : 'Took in'} {figureLine(summary.added, 'count')} of{' '}
                {counted(summary.rows, 'row')}
              </strong>
              <span>
                {summary.formatName}: {counted(summary.people, 'person')}, {counted(summary.days.count, 'day')}
                {summary.days.first !== null &&
                  summary.days.last !== null &&
                  ` from ${longDay(summary.days.first)} to ${longDay(summary.days.last)}`}
                , {figureLine(summary.tokens, 'tokens')} tokens. {figureLine(summary.known, 'count')} were known,{' '}
                {figureLine(summary.duplicates, 'count')} said twice, {figureLine(summary.problems.count, 'count')} left
                out.
              </span>
              {summary.notes.map((note) => (
                <span key={note}>{note}</span>
              ))}
              {summary.problems.lines.slice(0, 10).map(({ line, reason }) => (
                <span key={line} className="muted">
                  Line {line}: {reason}
                </span>
              ))}
              {summary.dryRun && file && (
                <button
                  type="button"
                  className="button primary"
                  disabled={upload.isPending}
                  onClick={() => upload.mutate({ chosen: file, dryRun: false })}
                >
                  Take it in
                </button>
              )}
            </div>
          )
        }
      >
        <label>
          CSV file
          <input
            className="field"
            type="file"
            accept=".csv,text/csv"
            required
            onChange={(event) => {
              setFile(event.target.files?.[0] ?? null);
              upload.reset();
            }}
          />
        </label>
      </FormPanel>
      <Panel
        title="Files taken in"
        report={imports}
        csv={false}
        isEmpty={({ imports: all }) => all.length === 0}
        empty={{
          title: 'No file has been taken in yet',
          text: 'Large files go well from the command line:',
          command: 'revenium-server import usage.csv --dry-run',
        }}
        table={({ imports: all }) => (
          <DataTable caption="Files taken in" rows={all} rowKey={({ id }) => id} columns={COLUMNS} sort="-at" />
        )}
      />
    </SettingsPage>
  );
}

const count = (id: 'rows' | 'added' | 'known' | 'problems', title: string): Column<Taken> => ({
  id,
  title,
  numeric: true,
  value: (row) => row[id],
  cell: (row) => figureLine(row[id], 'count'),
});

const COLUMNS: readonly Column<Taken>[] = [
  { id: 'at', title: 'When', value: ({ at }) => at, cell: ({ at }) => longDay(at) },
  {
    id: 'name',
    title: 'File',
    value: ({ name }) => name,
    cell: ({ name }) => <bdi className="clip">{name ?? '–'}</bdi>,
  },
  { id: 'format', title: 'Kind', value: ({ format }) => format, cell: ({ format }) => format },
  count('rows', 'Rows'),
  count('added', 'New'),
  count('known', 'Known'),
  count('problems', 'Left out'),
];
