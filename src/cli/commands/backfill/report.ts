import type { ImportSummary } from '../../../assistants/import-totals.ts';

/** What an import did, or a dry run would do. */
export interface ImportReport {
  dryRun: boolean;
  files: number;
  bytes: number;
  summary: ImportSummary;
  skipped: Readonly<Record<string, number>>;
  /** Records that this endpoint has not acknowledged yet. */
  new: number;
  sent: number;
  failed: number;
  /** Prompts that it was sent of what they were about. */
  labels: number;
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The document of `--json`. */
export function importJson({ summary, ...report }: ImportReport) {
  const { total } = summary;
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = total;
  return {
    dryRun: report.dryRun,
    files: report.files,
    bytes: report.bytes,
    records: total.records,
    duplicates: total.duplicates,
    skipped: report.skipped,
    partial: total.partial,
    tokens: { input, output, cacheRead, cacheWrite5m, cacheWrite1h },
    apiEquivalentMicros: total.apiEquivalentMicros,
    unpricedRecords: total.unpricedRecords,
    from: iso(total.firstMs),
    to: iso(total.lastMs),
    new: report.new,
    sent: report.sent,
    failed: report.failed,
    labels: report.labels,
  };
}
