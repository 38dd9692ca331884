import { z } from 'zod';
import { Failure } from '../../../errors.ts';
import { dateOf } from '../../../usage/days.ts';
import type { Assistant } from '../../../usage/event.ts';
import type { ToolUsage } from '../../../vendors/leaderboard/tool-usage.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import { formatCount } from '../backfill/progress.ts';
import { connect } from '../server/connection.ts';
import type { LeaderboardOptions } from './run.ts';
import type { Span } from './sources.ts';

const LABELS: Readonly<Record<Assistant, string>> = {
  'claude-code': 'Claude Code',
  'claude-cowork': 'Claude Cowork',
  'gemini-cli': 'Gemini CLI',
  cursor: 'Cursor',
  openai: 'OpenAI',
};

const count = z.number();
const figures = { requests: count, tokens: count, costMicros: count.nullable() };
const answer = z.object({
  total: z.number(),
  rows: z.array(
    z.object({
      user: z.string().nullable(),
      tools: z.array(z.object({ assistant: z.string(), ...figures })),
    }),
  ),
});

/** The most people that a server names. */
const MOST = 10_000;

/** The same from what a server has stored, merged as its roster says. @throws Failure */
export async function storedUsage(options: LeaderboardOptions, { days }: Span, context: Context): Promise<ToolUsage[]> {
  const { org, url, call } = await connect(options, context);
  const query = new URLSearchParams({
    from: dateOf(days.from),
    to: dateOf(days.to),
    sort: options.sort,
    limit: String(MOST),
  });
  const read = answer.safeParse(
    await call('GET', `/api/v1/${encodeURIComponent(options.org ?? org)}/leaderboard?${query.toString()}`),
  );
  if (!read.success) throw new Failure(`${url} gave no leaderboard`, { cause: read.error });
  const { total, rows } = read.data;
  if (rows.length < total)
    notice(
      context,
      `note: the server has ${formatCount(total)} people, of whom it names the first ${formatCount(rows.length)}`,
    );
  return rows.flatMap(({ user, tools }) =>
    tools.map(({ assistant, ...usage }) => ({ user: nameOf(user), tool: labelOf(assistant), ...usage })),
  );
}

/** `email:ada@acme.com` goes by the address, as everybody does in the vendors' own ranking. */
const nameOf = (user: string | null): string => user?.replace(/^email:/, '') ?? 'unknown';

const labels: ReadonlyMap<string, string> = new Map(Object.entries(LABELS));
const labelOf = (assistant: string): string => labels.get(assistant) ?? assistant;
