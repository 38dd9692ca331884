import { integer, sql, text } from '../../reports/sql.ts';
import type { Store } from '../../store/store.ts';
import type { Span, StoredReport } from '../../vendors/sync-part.ts';

/** What counts of a report in a span. */
export async function storedReport(
  store: Pick<Store, 'query'>,
  org: string,
  reporter: string,
  { fromMs, toMs }: Span,
): Promise<StoredReport> {
  const [row] = await store.query(
    sql`SELECT coalesce(sum(CASE WHEN input_tokens + output_tokens + cache_read_tokens > 0 THEN 1 ELSE 0 END), 0) AS used,
      coalesce(sum(CASE WHEN billed_micros <> 0 THEN 1 ELSE 0 END), 0) AS charged FROM usage_event
      WHERE org = ${text(org)} AND reporter = ${text(reporter)} AND counted
      AND at_ms >= ${integer(fromMs)} AND at_ms < ${integer(toMs)}`,
  );
  return { used: Number(row?.used ?? 0), charged: Number(row?.charged ?? 0) };
}
