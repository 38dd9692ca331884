import { CommanderError } from 'commander';
import { Failure } from '../errors.ts';
import type { Context } from './context.ts';
import { buildProgram } from './program.ts';
import type { Chosen } from './program.ts';
import type { Binary, CommandModule, CommandRow } from './table.ts';
import { BINARIES } from './binaries.ts';

export type ExitCode = 0 | 1 | 2 | 130;

/** Runs one command line of a binary and returns its exit code; nothing is thrown. */
export async function runBinary(name: string, args: readonly string[], context: Context): Promise<ExitCode> {
  const load = BINARIES[name];
  if (!load) throw new Error(`no row for the binary ${name}`);
  return await runCommandLine(name, await load(), args, context);
}

export async function runCommandLine(
  name: string,
  binary: Binary,
  args: readonly string[],
  context: Context,
): Promise<ExitCode> {
  const { io } = context;
  const streams = {
    out: (text: string) => void io.stdout.write(text),
    err: (text: string) => void io.stderr.write(text),
    columns: io.columns,
  };
  const program = buildProgram(name, binary, streams, (row, chosen) => runRow(row, chosen, context));
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has already said what is wrong, or printed the help or the version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { reportError } = await import('./report-error.ts');
    reportError(error, { ...context, verbose: args.includes('-v') || args.includes('--verbose') });
    return error instanceof Failure ? error.exitCode : context.signal.aborted ? 130 : 1;
  }
}

async function runRow(row: CommandRow, chosen: Chosen, context: Context): Promise<void> {
  const { color, ...options } = chosen;
  const io = { ...context.io, color: context.io.color && color };
  // See `command()`: a row's options are those of its module.
  const { run } = (await row.load()) as unknown as CommandModule<typeof options>;
  await run(options, { ...context, io });
}
