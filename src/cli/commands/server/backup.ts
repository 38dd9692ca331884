import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure, errorCode } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { notice, print, printJson } from '../../output.ts';
import { formatBytes } from '../backfill/progress.ts';
import type { ConnectionOptions } from './connection.ts';
import { connect } from './connection.ts';

export interface BackupOptions extends ConnectionOptions {
  file: string;
}

/** Writes the running server's database into a file, whole or not at all. */
export async function run(options: BackupOptions, context: Context): Promise<void> {
  const file = path.resolve(context.cwd, options.file);
  const { download } = await connect(options, context);
  const response = await download('/api/v1/backup');
  if (!response.body) throw new Failure('the server gave no backup');
  const expected = Number(response.headers.get('content-length'));
  const beside = `${file}.${randomUUID()}`;
  const output = createWriteStream(beside, { mode: 0o600, flags: 'wx' });
  try {
    await pipeline(Readable.fromWeb(response.body), output, { signal: context.signal });
    if (output.bytesWritten !== expected) throw new Error(`${output.bytesWritten} of ${expected} bytes came`);
    // Unlike a renaming, this never puts it in another file's place.
    await link(beside, file);
  } catch (cause) {
    context.signal.throwIfAborted();
    const hint = 'Choose another name: a backup is never written over another file.';
    if (errorCode(cause) === 'EEXIST') throw new Failure(`${file} exists`, { cause, hint });
    throw new Failure(`the backup could not be written to ${file}`, { cause });
  } finally {
    await rm(beside, { force: true });
  }
  if (options.json) printJson(context, { file, bytes: expected });
  else {
    print(context, file);
    notice(context, `${formatBytes(expected)}; put it back with: revenium-server restore ${options.file}`);
  }
}
