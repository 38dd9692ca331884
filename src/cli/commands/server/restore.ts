import path from 'node:path';
import { Failure, errorCode } from '../../../errors.ts';
import { DatabaseInUse } from '../../../store/duckdb/database.ts';
import { DatabaseExists, restoreDatabase } from '../../../store/duckdb/restore.ts';
import { ForeignDatabase } from '../../../store/duckdb/schema.ts';
import type { Context } from '../../context.ts';
import { notice, print, printJson } from '../../output.ts';
import type { CommonOptions } from '../../table.ts';
import { dataDirectory } from './data.ts';

export interface RestoreCommandOptions extends CommonOptions {
  file: string;
  data?: string;
  replace?: boolean;
}

/** Puts a backup in a data directory; no server may run from it. */
export async function run(options: RestoreCommandOptions, context: Context): Promise<void> {
  const file = path.resolve(context.cwd, options.file);
  const directory = dataDirectory(options, context);
  const aside = await restoreDatabase({ file, directory, replace: options.replace ?? false }).catch((cause: unknown) =>
    refuse(cause, file, directory),
  );
  if (options.json) {
    printJson(context, { directory, before: aside });
    return;
  }
  print(context, directory);
  if (aside !== null) notice(context, `the database that was there is now ${aside}`);
  notice(context, `start the server with: revenium-server start --data ${directory}`);
}

function refuse(cause: unknown, file: string, directory: string): never {
  if (cause instanceof DatabaseExists)
    throw new Failure(`${directory} has a database already`, {
      cause,
      hint: 'Choose another directory with --data, or put that database aside with --replace.',
    });
  if (cause instanceof DatabaseInUse)
    throw new Failure(`a server is running from ${directory}`, { cause, hint: 'Stop it first.' });
  if (cause instanceof ForeignDatabase)
    throw new Failure(`${file} cannot be restored: ${cause.message}`, {
      cause,
      hint: 'Take a file that `revenium-server backup` of this release, or of an earlier one, has written.',
    });
  if (errorCode(cause) === 'ENOENT') throw new Failure(`there is no file ${file}`, { cause });
  throw new Failure(`${file} could not be restored to ${directory}`, { cause });
}
