import type * as Prompts from '@inquirer/prompts';
import { Interrupted } from '../errors.ts';
import type { Context } from './context.ts';

/** Prompts only when somebody is there to answer. */
export const canPrompt = ({ io, env }: Pick<Context, 'io' | 'env'>): boolean => io.stdinTTY && io.stdoutTTY && !env.CI;

type Library = typeof Prompts;
type Settings = Parameters<Library['input']>[1];

/**
 * Asks by way of @inquirer/prompts, which is loaded only now. Ctrl-C becomes an `Interrupted`: questions come before anything is
 * done. They go to
 * stderr where that is a terminal, so that stdout stays free for the result.
 */
export async function ask<T>(
  { io, signal }: Pick<Context, 'io' | 'signal'>,
  question: (prompts: Library, settings: NonNullable<Settings>) => Promise<T>,
): Promise<T> {
  const prompts = await import('@inquirer/prompts');
  try {
    return await question(prompts, { input: io.stdin, output: io.stderrTTY ? io.stderr : io.stdout, signal });
  } catch (error) {
    if (error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name))
      throw new Interrupted('interrupted: nothing was changed', { cause: error });
    throw error;
  }
}
