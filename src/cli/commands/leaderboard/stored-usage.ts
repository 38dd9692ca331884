import { z } from 'zod';
import { Failure } from '../../../errors.ts';
import { dateOf } from '../../../usage/days.ts';
import type { Assistant } from '../../../usage/event.ts';
import type { ToolUsage } from '../../../vendors/leaderboard/tool-usage.ts';
import type { Context } from '../../context.ts';
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

const answer = z.object({
  rows: z.array(
    z.object({
      user: z.string(),
      tools: z.array(
        z.object({
          assistant: z.string(),
          requests: z.number(),
          tokens: z.number(),
          costMicros: z.number().nullable(),
        }),
      ),
    }),
  ),
});

export async function storedUsage(options: LeaderboardOptions, { days }: Span, context: Context): Promise<ToolUsage[]> {
  const { org, url, call } = await connect(options, context);
  const path = `/api/v1/${encodeURIComponent(options.org ?? org)}/leaderboard?from=${dateOf(days.from)}&to=${dateOf(days.to)}`;
  const read = answer.safeParse(await call('GET', path));
  if (!read.success) throw new Failure(`${url} gave no leaderboard`, { cause: read.error });
  return read.data.rows.flatMap(({ user, tools }) =>
    tools.map(({ assistant, ...usage }) => ({
      user,
      tool: new Map(Object.entries(LABELS)).get(assistant) ?? assistant,
      ...usage,
    })),
  );
}
