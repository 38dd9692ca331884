import type { ImportTotals } from '../../../assistants/import-totals.ts';
import { formatUsd } from '../../../usage/money.ts';
import type { Context } from '../../context.ts';
import { print } from '../../output.ts';
import { pairs } from '../../style.ts';
import { formatBytes, formatCount } from './progress.ts';
import type { ImportReport } from './report.ts';

/** What an import did, for people. */
export function printImport(report: ImportReport, tz: string, context: Context): void {
  const { summary } = report;
  const { total } = summary;
  for (const [title, groups] of [
    [`by day (${tz})`, [...summary.days].sort(([a], [b]) => (a < b ? -1 : 1))],
    ['by model', byValue(summary.models)],
    ['by project', byValue(summary.projects)],
  ] as const)
    if (report.dryRun && groups.length > 0) printTable(title, groups, context);
  const unpriced =
    total.unpricedRecords === 0 ? '' : `, ${formatCount(total.unpricedRecords)} records of unknown price`;
  const partial = total.partial === 0 ? '' : `, ${formatCount(total.partial)} with an output count that may be too low`;
  const lines = pairs([
    ['files', `${formatCount(report.files)}, ${formatBytes(report.bytes)}`],
    ['model calls', `${formatCount(total.records)}${partial}`],
    ['said again', `${formatCount(total.duplicates)} lines, counted once`],
    ['tokens', tokensText(total)],
    ['API-equivalent', `${formatUsd(total.apiEquivalentMicros)}${unpriced}; at list prices, not a bill`],
    ['new', formatCount(report.new)],
    ['sent', report.dryRun ? null : formatCount(report.sent)],
    ['prompts labelled', report.labels === 0 ? null : `${formatCount(report.labels)}, with the kind of work alone`],
    ['failed', report.failed === 0 ? null : formatCount(report.failed)],
  ]);
  for (const line of lines) print(context, line);
}

const tokensText = (total: ImportTotals): string =>
  [
    `${formatCount(total.input)} in`,
    `${formatCount(total.output)} out`,
    `${formatCount(total.cacheRead)} read from cache`,
    `${formatCount(total.cacheWrite5m)} + ${formatCount(total.cacheWrite1h)} written (5 min + 1 h)`,
  ].join(', ');

const byValue = (groups: ReadonlyMap<string, ImportTotals>): [string, ImportTotals][] =>
  [...groups].sort(([, a], [, b]) => b.apiEquivalentMicros - a.apiEquivalentMicros || b.records - a.records);

function printTable(title: string, groups: readonly (readonly [string, ImportTotals])[], context: Context): void {
  const rows = groups.map(([name, totals]) => [
    name,
    formatCount(totals.records),
    formatCount(totals.tokens),
    totals.unpricedRecords === totals.records ? '–' : formatUsd(totals.apiEquivalentMicros),
  ]);
  const table = [[title, 'calls', 'tokens', 'value'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  for (const row of table) {
    const [name = '', ...numbers] = row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    print(context, `  ${[name, ...numbers].join('  ')}`);
  }
  print(context);
}
