import { Failure, UsageError } from '../../../errors.ts';
import type { ToolUsage } from '../../../vendors/leaderboard/tool-usage.ts';
import type { Context, Env } from '../../context.ts';
import { notice } from '../../output.ts';
import { Progress } from '../backfill/progress.ts';
import type { Source, Span } from './sources.ts';
import { SOURCES, apiOf, keyOf } from './sources.ts';

/**
 * Asks all vendors at the same time. One without a key, or one that fails, is a warning.
 * @throws UsageError where there is no key at all, Failure where no vendor answers
 */
export async function gather(span: Span, env: Env, context: Context): Promise<ToolUsage[]> {
  const keyed = SOURCES.flatMap((source) => {
    const key = keyOf(source, env);
    return key === null ? [] : [{ source, key }];
  });
  if (keyed.length === 0)
    throw new UsageError('no key of any vendor was found', {
      hint: `Set at least one, in the environment or in .env: ${SOURCES.map(({ variables }) => variables[0]).join(', ')}. Or rank what a server has stored: --server.`,
    });
  const board = new Board(
    keyed.map(({ source }) => source),
    context,
  );
  const settled = await Promise.allSettled(
    keyed.map(async ({ source, key }) => {
      const gathered = await source.read(apiOf(source, key, env, context), span, (done) => board.show(source, done));
      board.show(source, 'done');
      return gathered;
    }),
  );
  board.end();
  context.signal.throwIfAborted();
  for (const source of SOURCES)
    if (!keyed.some((one) => one.source === source))
      notice(context, `note: ${source.tool} is left out: ${source.variables[0] ?? ''} is not set`);
  if (env.CURSOR_TEAM_SLUG) notice(context, 'note: CURSOR_TEAM_SLUG is not needed any more, and ignored');
  const usages: ToolUsage[] = [];
  for (const [i, outcome] of settled.entries()) {
    const tool = keyed[i]?.source.tool ?? '';
    if (outcome.status === 'rejected') notice(context, warning(tool, outcome.reason));
    else {
      usages.push(...outcome.value.usages);
      for (const note of outcome.value.notes) notice(context, `note: ${note}`);
    }
  }
  if (settled.every(({ status }) => status === 'rejected')) throw new Failure('no vendor gave its usage');
  return usages;
}

function warning(tool: string, reason: unknown): string {
  // What is no Failure is a defect of this program.
  if (!(reason instanceof Failure)) throw reason;
  return `warning: ${tool} is left out: ${reason.message}${reason.hint ? `\n  ${reason.hint}` : ''}`;
}

/** How far each vendor is, in one line on stderr. */
class Board {
  readonly #progress: Progress;
  readonly #states: Map<Source, string>;

  constructor(sources: readonly Source[], context: Context) {
    this.#progress = new Progress(context);
    this.#states = new Map(sources.map((source) => [source, 'asking']));
  }

  show(source: Source, state: string): void {
    this.#states.set(source, state);
    this.#progress.show(() => [...this.#states].map(([{ tool }, done]) => `${tool}: ${done}`).join(' · '));
  }

  end(): void {
    this.#progress.end();
  }
}
