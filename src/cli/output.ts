import type { Context } from './context.ts';

/** The one document of `--json`. */
export function printJson({ io }: Pick<Context, 'io'>, document: unknown): void {
  io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** A line of the result. */
export function print({ io }: Pick<Context, 'io'>, line = ''): void {
  io.stdout.write(`${line}\n`);
}

/** A line of progress or a notice. */
export function notice({ io }: Pick<Context, 'io'>, line = ''): void {
  io.stderr.write(`${line}\n`);
}
