import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { Failure, errorCode } from '../../../errors.ts';
import type { Context, Env } from '../../context.ts';

/** The environment, and beneath it what a `.env` in the working directory says. @throws Failure where it cannot be read */
export async function environment({ env, cwd }: Pick<Context, 'env' | 'cwd'>): Promise<Env> {
  try {
    return { ...parseEnv(await readFile(path.join(cwd, '.env'), 'utf8')), ...env };
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return env;
    throw new Failure('.env cannot be read', { cause });
  }
}
