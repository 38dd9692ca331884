import type { Context } from '../../context.ts';
import { notice, printJson } from '../../output.ts';
import { printColumns } from './columns.ts';
import type { OrganizationOptions } from './organization.ts';
import { connectTo } from './organization.ts';

export interface AuditOptions extends OrganizationOptions {
  limit: number;
  kind?: string;
}

/** As the server answers. */
interface Entry {
  at: string;
  by: string;
  byEmail: string | null;
  kind: string;
  entity: string;
  action: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown>;
}
interface Page {
  entries: Entry[];
  nextCursor: string | null;
}

const MOST_A_PAGE = 1000;

export async function run(options: AuditOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const entries: Entry[] = [];
  let cursor: string | null = null;
  do {
    const limit = Math.min(MOST_A_PAGE, options.limit - entries.length);
    const query = new URLSearchParams({ limit: String(limit) });
    if (options.kind !== undefined) query.set('kind', options.kind);
    if (cursor !== null) query.set('cursor', cursor);
    const page = (await call('GET', `${at('audit')}?${query.toString()}`)) as Page;
    entries.push(...page.entries);
    cursor = page.nextCursor;
  } while (cursor !== null && entries.length < options.limit);
  if (options.json) return printJson(context, entries);
  printColumns(
    context,
    ['WHEN', 'WHO', 'DID', 'WHAT', 'WHICH', 'NOW'],
    entries.map((entry) => [
      ...[`${entry.at.slice(0, 19)}Z`, entry.byEmail ?? entry.by, entry.action, entry.kind, entry.entity],
      changes(entry),
    ]),
  );
  if (cursor !== null) notice(context, 'there is more: --limit');
}

/** What is another than before. */
const changes = ({ before, after }: Entry): string =>
  Object.entries(after)
    .filter(([name, value]) => JSON.stringify(before?.[name]) !== JSON.stringify(value))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
    .slice(0, 100);
