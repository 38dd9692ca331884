import { dateOf, parseDate } from '../../usage/days.ts';
import { centsOf, countOf, emailOf, isObject, membersOf, numberOf, textOf } from '../json-values.ts';
import type { Reading } from '../paging.ts';
import { readPages } from '../paging.ts';
import { malformed } from '../vendor-error.ts';
import type { Ask } from './admin-api.ts';
import { ANTHROPIC, reportPages } from './admin-api.ts';

/** Accepted and rejected proposals of the edit tools. */
interface Decisions {
  accepted: number;
  rejected: number;
}

export interface ClaudeCodeModel {
  model: string | null;
  /** Uncached. */
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  /** How long they live is not said. */
  cacheWriteTokens: number;
  /** The vendor's estimate at list price. */
  reportedMicros: number | null;
}

/** Who a row is about: a login, or the name of the API key that was used. */
export type ClaudeCodeActor = { email: string } | { keyName: string } | null;

/** A row of `usage_report/claude_code`: one of several that a person has on a day, by terminal and subscription. */
export interface ClaudeCodeRow {
  /** Days since 1970-01-01 UTC. */
  day: number;
  actor: ClaudeCodeActor;
  organizationId: string | null;
  /** `api` `subscription` */
  customerType: string | null;
  /** `team` `enterprise` … */
  subscriptionType: string | null;
  terminalType: string | null;
  isRemote: boolean | null;
  sessions: number;
  linesAdded: number;
  linesRemoved: number;
  commits: number;
  pullRequests: number;
  edits: Decisions;
  models: ClaudeCodeModel[];
}

const PATH = '/v1/organizations/usage_report/claude_code';

/** One UTC day: the report takes no other span. An empty one may be a fault of the vendor's. @throws VendorError */
export async function readClaudeCodeDay(api: Ask, day: number): Promise<Reading<ClaudeCodeRow>> {
  const query = [
    ['starting_at', dateOf(day)],
    ['limit', '1000'],
  ] as const;
  const reading = await readPages(ANTHROPIC.name, reportPages(api, PATH, query), readRow);
  if (reading.rows.some((row) => row.day !== day)) throw malformed(ANTHROPIC.name, `it is not about ${dateOf(day)}`);
  return reading;
}

function readRow(value: unknown): ClaudeCodeRow | null {
  if (!isObject(value)) return null;
  const day = parseDate(textOf(value.date)?.slice(0, 10) ?? '');
  if (day === null) return null;
  const core = membersOf(value.core_metrics);
  const lines = membersOf(core.lines_of_code);
  return {
    day,
    actor: actorOf(value.actor),
    organizationId: textOf(value.organization_id),
    customerType: textOf(value.customer_type),
    subscriptionType: textOf(value.subscription_type),
    terminalType: textOf(value.terminal_type),
    isRemote: typeof value.is_remote === 'boolean' ? value.is_remote : null,
    sessions: countOf(core.num_sessions),
    linesAdded: countOf(lines.added),
    linesRemoved: countOf(lines.removed),
    commits: countOf(core.commits_by_claude_code),
    pullRequests: countOf(core.pull_requests_by_claude_code),
    edits: decisionsOf(value.tool_actions),
    models: (Array.isArray(value.model_breakdown) ? value.model_breakdown : []).filter(isObject).map(modelOf),
  };
}

function actorOf(value: unknown): ClaudeCodeActor {
  const { email_address: address, api_key_name: name } = membersOf(value);
  const email = emailOf(address);
  if (email !== null) return { email };
  const keyName = textOf(name);
  return keyName === null ? null : { keyName };
}

function decisionsOf(value: unknown): Decisions {
  const tools = Object.values(membersOf(value)).map(membersOf);
  const sum = (name: 'accepted' | 'rejected'): number => tools.reduce((all, tool) => all + countOf(tool[name]), 0);
  return { accepted: sum('accepted'), rejected: sum('rejected') };
}

function modelOf(value: Readonly<Record<string, unknown>>): ClaudeCodeModel {
  const tokens = membersOf(value.tokens);
  const cost = membersOf(value.estimated_cost);
  return {
    model: textOf(value.model),
    inputTokens: countOf(tokens.input),
    outputTokens: countOf(tokens.output),
    cacheReadTokens: countOf(tokens.cache_read),
    cacheWriteTokens: countOf(tokens.cache_creation),
    reportedMicros: numberOf(cost.amount) === null ? null : centsOf(cost.amount),
  };
}
