import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
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

/** @throws ServerError `unsupportedType` */
export function requirePlain(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new ServerError('unsupportedType', 'send the file without content-encoding');
}
