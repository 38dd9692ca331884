import { utcDay } from '../../../usage/days.ts';
import type { RankedUser, Sort } from '../../../vendors/leaderboard/rank.ts';
import { ranked } from '../../../vendors/leaderboard/rank.ts';
import type { Context } from '../../context.ts';
import { print, printJson } from '../../output.ts';
import { styleOf } from '../../style.ts';
import type { ConnectionOptions } from '../server/connection.ts';
import { environment } from './dotenv.ts';
import { gather } from './gather.ts';
import { renderCsv, renderTable, titleOf } from './render.ts';

export interface LeaderboardOptions extends ConnectionOptions {
  days: number;
  sort: Sort;
  limit?: number;
  csv?: boolean;
  /** From what the server has stored. */
  server?: boolean;
  org?: string;
}

/** Ranks people by their use, whatever vendors there is a key for. */
export async function run(options: LeaderboardOptions, given: Context): Promise<void> {
  const context = { ...given, env: await environment(given) };
  const today = utcDay(context.now());
  const span = { days: { from: today + 1 - options.days, to: today + 1 }, nowMs: context.now() };
  const usages = options.server
    ? await (await import('./stored-usage.ts')).storedUsage(options, span, context)
    : await gather(span, context.env, context);
  const people = ranked(usages, options.sort);
  show(people.slice(0, options.limit), options, context);
}

function show(people: readonly RankedUser[], { json, csv, days }: LeaderboardOptions, context: Context): void {
  const { io } = context;
  if (json) printJson(context, people);
  else if (csv) io.stdout.write(renderCsv(people));
  else {
    const columns = io.stdoutTTY ? io.columns : Number.POSITIVE_INFINITY;
    for (const line of renderTable(titleOf(days), people, { columns, style: styleOf(context) })) print(context, line);
  }
}
