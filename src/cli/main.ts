import { createContext } from './context.ts';
import { Interrupted } from '../errors.ts';
import { runBinary } from './run.ts';

/** The whole of a binary. Sets the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export async function main(binary: string): Promise<void> {
  const stop = new AbortController();
  const onSignal = (): void => {
    // The first asks the command to end; a second one ends it.
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new Interrupted());
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  // With nobody to talk to, the work goes on.
  process.stderr.on('error', () => undefined);
  process.exitCode = await runBinary(binary, process.argv.slice(2), createContext(stop.signal));
}
