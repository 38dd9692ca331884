import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { UsageError, errorCode } from '../../../errors.ts';
import { KEY_VARIABLES } from '../../../server/services/vendor-connections.ts';
import type { Vendor } from '../../../server/sync/sync-run.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import { ask, canPrompt } from '../../prompt.ts';

/** The first line of a file, `-` for standard input; undefined where none is named. Never an argument: those are seen. */
export async function givenSecret(file: string | undefined, { io, cwd }: Context): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const read = file === '-' ? await text(io.stdin) : await contents(path.resolve(cwd, file), file);
  const secret = read.replace(/^\uFEFF/, '').trim();
  if (secret === '' || /\s/.test(secret))
    throw new UsageError(
      `${file === '-' ? 'standard input' : file} holds ${secret === '' ? 'nothing' : 'more than a key'}`,
    );
  return secret;
}

/** By a file or standard input, the environment of this command, or a question. @throws UsageError without any */
export async function vendorKey(vendor: Vendor, file: string | undefined, context: Context): Promise<string> {
  const given = await givenSecret(file, context);
  if (given !== undefined) return given;
  const variable = KEY_VARIABLES[vendor].find((name) => context.env[name]?.trim());
  if (variable !== undefined) {
    notice(context, `the key of ${variable} is taken`);
    return context.env[variable]?.trim() ?? '';
  }
  if (!canPrompt(context))
    throw new UsageError(`no key of ${vendor} was given`, {
      hint: `Name a file (--key-file FILE), pipe it in (--key-file -), or set ${KEY_VARIABLES[vendor][0] ?? ''}.`,
    });
  const message = `Key of ${vendor}, for the server to read usage with`;
  const validate = (answer: string): true | string => answer.trim() !== '' || 'This one is needed.';
  const answer = await ask(context, (prompts, settings) =>
    prompts.password({ message, validate, mask: '*' }, settings),
  );
  return answer.trim();
}

async function contents(where: string, given: string): Promise<string> {
  try {
    return await readFile(where, 'utf8');
  } catch (cause) {
    const missing = errorCode(cause) === 'ENOENT';
    throw new UsageError(missing ? `there is no file ${given}` : `${given} cannot be read`, { cause });
  }
}
