import { csvLine } from '../../reports/csv.ts';
import type { EventState } from '../../usage/event.ts';
import { GROUPS, decodeProvenance, encodeProvenance, observe } from '../../usage/merge.ts';
import { RowProblem } from './csv-error.ts';
import type { CsvFormat } from './format.ts';
import { columnName } from './cells.ts';
import { OWN_COLUMNS, PROVENANCE } from './own-columns.ts';

/** For people alone: not read again, since both are worked out anew. */
const SHOWN = ['counted', 'listMicros'] as const;

/** The first line of our own export. */
export const ownHeader = (): string => csvLine([...OWN_COLUMNS.map(({ title }) => title), ...SHOWN, PROVENANCE]);

/** An event as it was observed, so that it can be stored again anywhere and is the same. */
export const ownLine = (state: EventState): string =>
  csvLine([
    ...OWN_COLUMNS.map(({ write }) => write(state)),
    ...SHOWN.map((field) => state[field]),
    encodeProvenance(state),
  ]);

const NAMES = [...OWN_COLUMNS.map(({ title }) => columnName(title)), PROVENANCE];

/** What our own server gives out: events as they are stored, with all by which they are merged and paired. */
export const ownExport: CsvFormat = {
  id: 'revenium-events',
  name: 'our own export',
  known: [...NAMES, ...SHOWN.map(columnName)],
  recognises: (names) => NAMES.every((name) => names.has(name)),
  reader: ({ titles }, { nowMs }) => {
    const names = titles.map(columnName);
    const columns = OWN_COLUMNS.map((column) => ({ ...column, at: names.indexOf(columnName(column.title)) }));
    const provenanceAt = names.indexOf(PROVENANCE);
    return (cells) => {
      const state = blank();
      // Each column's codec gives what its field holds.
      const fields = state as unknown as Record<string, unknown>;
      for (const { title, field, at, read } of columns) {
        const value = read(cells[at] ?? '');
        if (value === undefined) throw new RowProblem(`${title} is not what our export writes`);
        fields[field] = value;
      }
      if (state.atMs > nowMs + 86_400_000) throw new RowProblem('at lies in the future');
      if (state.callKeys.length > 100) throw new RowProblem('callKeys are more than any event has');
      Object.assign(state, provenanceOf(cells[provenanceAt] ?? ''));
      return { usages: [{ kind: 'stored', state }] };
    };
  },
};

const blank = (): EventState => observe({ org: '', id: '', assistant: 'claude-code', source: 'import', atMs: 0 });

function provenanceOf(text: string): Pick<EventState, 'ranks' | 'revisions'> {
  const [, digits = '', revisions] = /^(\d{1,64})(?:~([0-9a-z]{1,11}(?:,[0-9a-z]{1,11})*))?$/.exec(text) ?? [];
  const several = revisions?.split(',').length ?? 1;
  // An older release had fewer groups.
  if (digits === '' || digits.length > GROUPS.length || (several > 1 && several !== digits.length))
    throw new RowProblem(`${PROVENANCE} is not what our export writes`);
  return decodeProvenance(text);
}
