import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { Failure, UsageError, errorCode } from '../../../errors.ts';
import type { ImportResult } from '../../../server/services/import-rows.ts';
import type { Context } from '../../context.ts';
import { notice, print, printJson } from '../../output.ts';
import type { OrganizationOptions } from './organization.ts';
import { connectTo } from './organization.ts';

/** CSV files of people, seats and mappings, in and out. */
export type PeopleFile = 'members' | 'seats' | 'mappings';

export interface ImportFileOptions extends OrganizationOptions {
  /** `-`: standard input. */
  file: string;
  dryRun?: boolean;
}

export interface ExportFileOptions extends OrganizationOptions {
  output?: string;
}

/** Bad rows that are shown; `--json` has all. */
const SHOWN = 20;

export const importer = (kind: PeopleFile) => ({
  run: async (options: ImportFileOptions, context: Context): Promise<void> => {
    const file = await fileOf(options.file, context);
    const { at, upload } = await connectTo(options, context);
    const preview = options.dryRun ?? false;
    const result = (await upload(`${at(kind, 'import')}?preview=${preview}`, file)) as ImportResult;
    if (options.json) printJson(context, result);
    else show(result, context);
    if (result.rejected.length > 0)
      throw new Failure(`${result.rejected.length} of ${result.rows} rows were not taken`, {
        hint: preview ? 'The others can be imported.' : 'The others are in. Mended, the file can be imported again.',
      });
  },
});

function show({ added, changed, unchanged, rejected, ignoredColumns, preview }: ImportResult, context: Context): void {
  const would = preview ? 'would be ' : '';
  print(context, `${added} ${would}added, ${changed} ${would}changed, ${unchanged} as they were`);
  if (ignoredColumns.length > 0) notice(context, `not read: ${ignoredColumns.join(', ')}`);
  for (const { line, problem } of rejected.slice(0, SHOWN)) notice(context, `line ${line}: ${problem}`);
  if (rejected.length > SHOWN) notice(context, `and ${rejected.length - SHOWN} more; --json lists them all`);
}

export const exporter = (kind: PeopleFile) => ({
  run: async (options: ExportFileOptions, context: Context): Promise<void> => {
    const { at, download } = await connectTo(options, context);
    const text = await (await download(`${at(kind)}?format=csv`)).text();
    if (options.output === undefined) {
      context.io.stdout.write(text);
      return;
    }
    await writeFile(path.resolve(context.cwd, options.output), text);
    notice(context, `written to ${options.output}`);
  },
});

async function fileOf(given: string, { cwd, io }: Context): Promise<Readable> {
  if (given === '-') return io.stdin;
  const where = path.resolve(cwd, given);
  try {
    const file = createReadStream(where);
    await new Promise((resolve, reject) => file.once('open', resolve).once('error', reject));
    return file;
  } catch (cause) {
    const missing = errorCode(cause) === 'ENOENT';
    throw new UsageError(missing ? `there is no file ${given}` : `${given} cannot be read`, { cause });
  }
}
