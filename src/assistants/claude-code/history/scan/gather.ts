import type { SessionFile } from '../session-files.ts';
import * as c from './call-table.ts';
import { CallTable } from './call-table.ts';
import type { FileScan } from './file-scanner.ts';
import type { FileMemory, ScanMemory } from './scan-memory.ts';
import { StringStore } from './string-store.ts';

/** A file's rows, wherever they now are. */
export interface FileRows {
  file: SessionFile;
  scan: Omit<FileScan, 'read'>;
  table: CallTable;
  strings: StringStore;
}

/** Puts the rows of all files into one table, in the files' order, and their strings into `strings`. */
export function gather(rows: readonly FileRows[], strings: StringStore): ScanMemory {
  const table = new CallTable(rows.reduce((sum, { scan }) => sum + scan.end - scan.start, 0));
  const moves = new Map<StringStore, Move>();
  const files = rows.map(({ file, scan, table: from, strings: own }): FileMemory => {
    const start = table.append(from, scan.start, scan.end);
    if (own !== strings) {
      const move = moves.get(own) ?? moveOf(own, strings);
      moves.set(own, move);
      for (let row = start; row < table.rows; row++) moveStrings(table, row, move);
    }
    const { skips, unfinished, offset, startedMs, tailHash } = scan;
    return { ...file, skips, unfinished, offset, startedMs, tailHash, start, end: table.rows };
  });
  return { files, table, strings };
}

/** How a row's references change when its strings move to another store. */
interface Move {
  names: Int32Array;
  ids: number;
}

function moveOf(from: StringStore, to: StringStore): Move {
  const names = Int32Array.from([0, ...from.names.map((name) => to.nameNumber(name))]);
  return { names, ids: to.appendIds(from.ids) };
}

function moveStrings(table: CallTable, row: number, move: Move): void {
  for (const column of c.NAME_MARKS) table.setMark(row, column, move.names[table.mark(row, column)] ?? 0);
  for (const column of c.ID_MARKS) {
    const place = table.mark(row, column);
    if (place !== 0) table.setMark(row, column, place + move.ids);
  }
}

/** The same with only the strings that rows refer to: what files that are gone or were rewritten left is let go. */
export function compact({ files, table, strings }: ScanMemory): ScanMemory {
  const kept = new StringStore();
  for (let row = 0; row < table.rows; row++) {
    for (const column of c.NAME_MARKS)
      table.setMark(row, column, kept.nameNumber(strings.name(table.mark(row, column))));
    for (const column of c.ID_MARKS) table.setMark(row, column, kept.keepId(strings.id(table.mark(row, column))));
  }
  return { files, table, strings: kept };
}
