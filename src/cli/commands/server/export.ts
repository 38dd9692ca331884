import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import { formatBytes } from '../backfill/progress.ts';
import type { OrganizationOptions } from './keys.ts';
import { connect } from './connection.ts';

export interface ExportOptions extends OrganizationOptions {
  from?: string;
  to?: string;
  output?: string;
}

/** Prints what the server gives out, as it comes. */
export async function run(options: ExportOptions, context: Context): Promise<void> {
  const { org, download } = await connect(options, context);
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ from: options.from, to: options.to }))
    if (value !== undefined) query.set(key, value);
  const response = await download(
    `/api/v1/${encodeURIComponent(options.org ?? org)}/exports/events?${query.toString()}`,
  );
  let bytes = 0;
  const count = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  if (!response.body) throw new Failure('the server gave no export');
  const body = Readable.fromWeb(response.body);
  try {
    await pipeline(body, count, outputOf(options, context), { signal: context.signal });
  } catch (cause) {
    context.signal.throwIfAborted();
    throw new Failure(`the export broke off after ${formatBytes(bytes)}`, { cause });
  }
  notice(context, `${formatBytes(bytes)} exported`);
}

/** A file that only its owner reads, or standard output, which others may go on to use. */
function outputOf({ output }: ExportOptions, { cwd, io }: Context): Writable {
  if (output !== undefined) return createWriteStream(path.resolve(cwd, output), { mode: 0o600 });
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (io.stdout.write(chunk)) done();
      else io.stdout.once('drain', () => done());
    },
  });
}
