import { Failure, Interrupted } from '../errors.ts';
import { maskKeys } from '../secrets.ts';
import type { Context } from './context.ts';

function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  for (let at = error; at instanceof Error && causes.length < 5; at = at.cause) causes.push(at.message);
  return causes.slice(1);
}

/** The only place that prints an error: what happened, what to do next; a stack only with DEBUG. */
export function reportError(error: unknown, { io, env, signal, verbose }: Context & { verbose: boolean }): void {
  const say = (text: string): void => void io.stderr.write(maskKeys(`${text}\n`));
  if (error instanceof Interrupted || (signal.aborted && !(error instanceof Failure))) {
    say(error instanceof Interrupted ? error.message : 'interrupted');
    return;
  }
  const expected = error instanceof Failure;
  say(`error: ${error instanceof Error ? error.message : String(error)}`);
  if (verbose || !expected) for (const cause of causesOf(error)) say(`  because: ${cause}`);
  if (expected && error.hint) say(error.hint.replace(/^/gm, '  '));
  if (env.DEBUG) say(error instanceof Error ? (error.stack ?? '') : '');
  else if (!expected) say('  This is a defect of this program. DEBUG=1 shows where it happened.');
}
