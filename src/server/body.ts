import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { ServerError } from './errors.ts';

/** What a key may hold of what there is for all: one with large or slow bodies must not keep all others out. */
const SHARE = 3 / 4;

/** Memory from which is taken, and to which is given back. */
export interface Budget {
  /** @throws ServerError `unavailable` */
  take: (bytes: number) => void;
  give: (bytes: number) => void;
}

/** Bytes of request bodies held in memory at once, over all requests; whoever would exceed it comes again later. */
export class ByteBudget {
  readonly #total: number;
  #held = 0;
  readonly #heldBy = new Map<string, number>();

  constructor(total: number) {
    this.#total = total;
  }

  /** As it is for one key. */
  of(key: string): Budget {
    return {
      take: (bytes) => {
        const mine = (this.#heldBy.get(key) ?? 0) + bytes;
        if (this.#held + bytes > this.#total || mine > this.#total * SHARE)
          throw new ServerError('unavailable', 'too many bytes are being received at once; send this again later');
        this.#held += bytes;
        this.#heldBy.set(key, mine);
      },
      give: (bytes) => {
        this.#held -= bytes;
        const mine = (this.#heldBy.get(key) ?? 0) - bytes;
        if (mine > 0) this.#heldBy.set(key, mine);
        else this.#heldBy.delete(key);
      },
    };
  }

  get heldBytes(): number {
    return this.#held;
  }
}

export interface BodyLimits {
  /** The most bytes of one body, on the wire and after decompression. */
  maxBytes: number;
  budget: Budget;
  /** A sender that stalls for so long is cut off. */
  idleMs: number;
}

const tooLarge = (maxBytes: number): ServerError =>
  new ServerError('tooLarge', `the body exceeds ${maxBytes} bytes, counted after decompression; send smaller batches`);

/** `identity` or `gzip`; RFC 9110 8.4.1 has clients send `x-gzip` too. */
function encodingOf(request: IncomingMessage): 'identity' | 'gzip' {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  if (encoding === 'identity' || encoding === '') return 'identity';
  throw new ServerError('unsupportedType', 'content-encoding must be gzip or identity');
}

/**
 * Refuses what the headers alone show to be too much, or in a compression that is not known: before a byte is read.
 * @throws ServerError `tooLarge`, `unsupportedType`
 */
export function checkBodyHeaders(request: IncomingMessage, { maxBytes }: Pick<BodyLimits, 'maxBytes'>): void {
  encodingOf(request);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

/**
 * Reads a body, decompressed, and hands it to `use`; its bytes count against the budget until `use` is done.
 * @throws ServerError `tooLarge`, `unsupportedType`, `timeout`, `invalid` (cut short, not gzip), `unavailable`
 */
export async function withBody<T>(
  request: IncomingMessage,
  limits: BodyLimits,
  use: (body: Buffer) => Promise<T>,
): Promise<T> {
  checkBodyHeaders(request, limits);
  const held = { bytes: 0 };
  try {
    return await use(await read(request, encodingOf(request), limits, held));
  } finally {
    limits.budget.give(held.bytes);
  }
}

function read(
  request: IncomingMessage,
  encoding: 'identity' | 'gzip',
  { maxBytes, budget, idleMs }: BodyLimits,
  held: { bytes: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let open = true;
    let wireBytes = 0;
    const gunzip = encoding === 'gzip' ? createGunzip() : null;
    const idle = setTimeout(() => fail(new ServerError('timeout', 'the body stopped arriving')), idleMs);
    const fail = (error: ServerError): void => {
      open = false;
      clearTimeout(idle);
      gunzip?.destroy();
      reject(error);
    };
    const keep = (chunk: Buffer): void => {
      if (!open) return;
      if (held.bytes + chunk.length > maxBytes) return fail(tooLarge(maxBytes));
      try {
        budget.take(chunk.length);
      } catch (error) {
        return fail(error as ServerError);
      }
      held.bytes += chunk.length;
      chunks.push(chunk);
    };
    const end = (): void => {
      if (!open) return;
      open = false;
      clearTimeout(idle);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    };
    const broken = (cause: unknown): void =>
      fail(new ServerError('invalid', 'the body is not valid gzip, or was cut short', { cause }));

    request.on('data', (chunk: Buffer) => {
      idle.refresh();
      wireBytes += chunk.length;
      if (!open) return;
      if (wireBytes > maxBytes) fail(tooLarge(maxBytes));
      else if (!gunzip) keep(chunk);
      else if (!gunzip.write(chunk)) {
        request.pause();
        gunzip.once('drain', () => request.resume());
      }
    });
    request.on('end', () => (gunzip ? gunzip.end() : end()));
    request.on('close', () => {
      if (!request.complete) fail(new ServerError('invalid', 'the body was cut short'));
    });
    gunzip?.on('data', keep).on('end', end).on('error', broken);
    gunzip?.on('close', () => request.resume());
  });
}

/** As many times what is allowed is read of a body that is refused. */
const PATIENCE = 4;

/**
 * Reads what is left of a body and throws it away: a connection that is closed on a client which is still sending
 * takes the answer with it. Whoever stalls, or goes on for much longer than any body may be, is cut off.
 */
export function discardRest(
  request: IncomingMessage,
  { maxBytes, idleMs }: Pick<BodyLimits, 'maxBytes' | 'idleMs'>,
): void {
  if (request.complete || request.destroyed) return;
  let bytes = 0;
  const cutOff = (): void => void request.socket.destroy();
  const idle = setTimeout(cutOff, idleMs);
  request.on('data', (chunk: Buffer) => {
    idle.refresh();
    bytes += chunk.length;
    if (bytes > PATIENCE * maxBytes) cutOff();
  });
  request.on('close', () => clearTimeout(idle));
  request.resume();
}
