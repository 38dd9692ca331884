import { createHash } from 'node:crypto';
import type { ControlLog } from '../services/control-log.ts';
import type { ImportSummary } from './import-file.ts';

/** A file that was taken in. */
export interface ImportRecord {
  id: string;
  atMs: number;
  /** The key that did it. */
  by: string;
  /** The file's name; null where none was given. */
  name: string | null;
  format: string;
  rows: number;
  added: number;
  known: number;
  duplicates: number;
  problems: number;
}

const KIND = 'import';

/** Which files were taken in, by whom: in the control log, so in the audit trail too. */
export class ImportLog {
  readonly #log: ControlLog;
  readonly #now: () => number;

  constructor(log: ControlLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  async add(org: string, author: string, name: string | null, summary: ImportSummary): Promise<ImportRecord> {
    const atMs = this.#now();
    const nth = this.#log.entities(KIND, org).length;
    const digest = createHash('sha256').update([org, author, atMs, nth].join('\n'));
    const entityId = `imp_${digest.digest('base64url').slice(0, 12)}`;
    const { format, rows, added, known, duplicates, problems } = summary;
    const data = { name, format, rows, added, known, duplicates, problems: problems.count };
    await this.#log.append([{ kind: KIND, entityId, version: 1, org, atMs, author, data }]);
    return { id: entityId, atMs, by: author, ...data };
  }

  /** Newest first. */
  list(org: string): ImportRecord[] {
    const ids = [...this.#log.entities(KIND, org)].reverse();
    return ids.flatMap((id) => {
      const record = this.#log.latest(KIND, id);
      // What `add` wrote.
      const data = record?.data as Omit<ImportRecord, 'id' | 'atMs' | 'by'> | undefined;
      return record && data ? [{ id, atMs: record.atMs, by: record.author, ...data }] : [];
    });
  }
}
