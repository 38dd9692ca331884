import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ServerError } from '../errors.ts';

export interface UploadLimits {
  /** The most bytes of one file. */
  maxBytes: number;
  /** A sender that stalls for so long is given up. */
  idleMs: number;
}

/**
 * A body as it arrives, never held as a whole: it is read only as fast as it is used. Ends with a ServerError where it
 * is too long, stalls or breaks off; the connection is left open for the answer.
 */
export async function* uploaded(body: Readable, { maxBytes, idleMs }: UploadLimits): AsyncGenerator<Uint8Array> {
  const chunks = body.iterator({ destroyOnReturn: false });
  let bytes = 0;
  for (;;) {
    const next = await within(idleMs, chunks.next() as Promise<IteratorResult<Uint8Array>>);
    if (next.done) return;
    bytes += next.value.length;
    if (bytes > maxBytes) throw new ServerError('tooLarge', `the file exceeds ${maxBytes} bytes`);
    yield next.value;
  }
}

async function within<T>(ms: number, next: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ServerError('timeout', 'the file stopped arriving')), ms);
  });
  try {
    return await Promise.race([next, stalled]);
  } catch (cause) {
    throw cause instanceof ServerError ? cause : new ServerError('invalid', 'the file was cut short', { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** So much is held in memory, more on disk. */
const HELD_BYTES = 1 << 20;

/**
 * The same bytes, once all of them are there: what is done with them may take longer than a connection may take to
 * send them. Ends with a ServerError `unavailable` where the disk does not take them.
 */
export async function* received(chunks: AsyncGenerator<Uint8Array>, folder: string): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  let bytes = 0;
  for (let next = await chunks.next(); ; next = await chunks.next()) {
    if (next.done) return yield* held;
    held.push(next.value);
    bytes += next.value.length;
    if (bytes > HELD_BYTES) break;
  }
  const directory = await mkdtemp(path.join(folder, 'revenium-import-')).catch(noRoom);
  try {
    const file = path.join(directory, 'file.csv');
    const all = async function* (): AsyncGenerator<Uint8Array> {
      yield* held.splice(0);
      yield* chunks;
    };
    await pipeline(all, createWriteStream(file, { mode: 0o600 })).catch(noRoom);
    yield* createReadStream(file) as AsyncIterable<Uint8Array>;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function noRoom(cause: unknown): never {
  if (cause instanceof ServerError) throw cause;
  throw new ServerError('unavailable', 'the disk of the server does not take the file; try again', { cause });
}

/** @throws ServerError `unsupportedType` */
export function requirePlain(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new ServerError('unsupportedType', 'send the file without content-encoding');
}
