import { ServerError } from '../errors.ts';
import type { CsvProblem, CsvTable } from '../roster/csv-table.ts';
import { CsvTableError, readTable } from '../roster/csv-table.ts';
import { RowError } from '../roster/csv-rows.ts';
import type { ControlLog } from './control-log.ts';
import type { Entities, Step } from './entities.ts';
import type { Asking } from './roster.ts';

/** What an upload did, or would do. */
export interface ImportResult {
  /** Lines with something in them, without the header. */
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  rejected: CsvProblem[];
  ignoredColumns: string[];
  preview: boolean;
}

export interface Import<T extends object, Row> {
  log: ControlLog;
  entities: Entities<T>;
  asking: Asking;
  csv: string;
  columns: Parameters<typeof readTable>[1];
  /** @throws RowError */
  read: (cells: Readonly<Record<string, string>>) => Row;
  /** What a row is about: of several that differ, and begin to hold at the same time, the first stands. */
  nameOf: (row: Row) => readonly (string | number | null | undefined)[];
  steps: (rows: readonly Row[]) => Step<T>[];
  preview: boolean;
}

/** So many records are written at once, so that an upload does not hold up what is coming in. */
const CHUNK = 500;

/** Takes the good rows in and lists the bad ones. The same file again changes nothing. @throws ServerError */
export async function importRows<T extends object, Row>(options: Import<T, Row>): Promise<ImportResult> {
  const { log, entities, asking, csv, columns, read, nameOf, steps, preview } = options;
  const table = tableOf(csv, columns);
  const rejected = [...table.rejected];
  const firsts = new Map<string, { line: number; said: string }>();
  const good = table.rows.flatMap(({ line, cells }) => {
    try {
      const row = read(cells);
      refuseOther(firsts, JSON.stringify(nameOf(row)), { line, said: JSON.stringify(row) });
      return [{ line, row }];
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      rejected.push({ line, problem: error.message });
      return [];
    }
  });
  const plan = () => entities.planMany(asking, steps(good.map(({ row }) => row)));
  const { records, outcomes } = plan();
  if (!preview) {
    for (let at = 0; at < records.length; at += CHUNK) await log.append(records.slice(at, at + CHUNK));
  }
  for (const [index, outcome] of outcomes.entries())
    if (outcome instanceof ServerError) rejected.push({ line: good[index]?.line ?? 0, problem: outcome.message });
  const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    rows: table.rows.length + table.rejected.length,
    added: count('added'),
    changed: count('changed'),
    unchanged: count('unchanged'),
    rejected: rejected.sort((a, b) => a.line - b.line),
    ignoredColumns: table.ignoredColumns,
    preview,
  };
}

/** @throws RowError for a row that is of the same as one before it and says something else */
function refuseOther(
  firsts: Map<string, { line: number; said: string }>,
  name: string,
  row: { line: number; said: string },
): void {
  const first = firsts.get(name);
  if (first === undefined) firsts.set(name, row);
  else if (first.said !== row.said) throw new RowError(`says something else than line ${first.line} of the same`);
}

function tableOf(csv: string, columns: Parameters<typeof readTable>[1]): CsvTable {
  try {
    return readTable(csv, columns);
  } catch (cause) {
    if (cause instanceof CsvTableError) throw new ServerError('invalid', cause.message, { cause });
    throw cause;
  }
}
