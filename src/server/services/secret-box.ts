import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure, UsageError, errorCode } from '../../errors.ts';
import { makeDirectory } from '../../make-directory.ts';

/** Seals secrets that have to be kept in the database: AES-256-GCM, each bound to what it is for. */
export class SecretBox {
  readonly #key: Buffer;
  /** Names the key without telling it, so that a wrong one is known for what it is. */
  readonly keyId: string;

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    this.#key = key;
    this.keyId = createHash('sha256').update('revenium key id').update(key).digest('hex').slice(0, 12);
  }

  /** `purpose` is not secret: opening for another one fails. */
  seal(secret: string, purpose: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return ['v1', this.keyId, ...[iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join('.');
  }

  /** @throws Failure for another key, another purpose, or a text that was tampered with */
  open(text: string, purpose: string): string {
    const [version, keyId, ...parts] = text.split('.');
    const [iv, tag, sealed] = parts.map((part) => Buffer.from(part, 'base64url'));
    if (version !== 'v1' || !iv || !tag || !sealed) throw unreadable('it is damaged');
    if (keyId !== this.keyId) throw unreadable('it was encrypted with another key than this server has');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(purpose)).setAuthTag(tag);
      return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw unreadable('it is damaged', cause);
    }
  }
}

const unreadable = (why: string, cause?: unknown): Failure =>
  new Failure(`a stored secret cannot be read: ${why}`, {
    cause,
    hint: `Start the server with the key that it was stored with (${KEY_VARIABLE}, or ${KEY_FILE} in its data directory), or store it again.`,
  });

export const KEY_VARIABLE = 'REVENIUM_ENCRYPTION_KEY';
const KEY_FILE = 'encryption.key';

/**
 * The box of a server: its key comes from the environment, else from a file of its data directory (0600), which is
 * made by whoever first needs it. @throws UsageError for a value that is no key, Failure for a file that is none
 */
export async function openSecretBox(given: string | undefined, dataDirectory: string): Promise<SecretBox> {
  if (given) {
    const key = keyOf(given);
    if (key) return new SecretBox(key);
    throw new UsageError(`${KEY_VARIABLE} is no key of 32 bytes in hex or base64`, {
      hint: 'Make one: openssl rand -base64 32',
    });
  }
  const file = path.join(dataDirectory, KEY_FILE);
  const key = keyOf((await readOwn(file)) ?? (await writeNew(file, dataDirectory)));
  if (key) return new SecretBox(key);
  throw new Failure(`${file} holds no key of 32 bytes`, { hint: 'Put it back from a backup; do not make a new one.' });
}

function keyOf(text: string): Buffer | null {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, /^[0-9a-f]{64}$/i.test(trimmed) ? 'hex' : 'base64');
  return bytes.length === 32 ? bytes : null;
}

async function readOwn(file: string): Promise<string | null> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) await chmod(file, 0o600);
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return null;
    throw new Failure(`cannot read ${file}`, { cause });
  }
}

/** Whoever comes second takes what the first has written. */
async function writeNew(file: string, directory: string): Promise<string> {
  const text = `${randomBytes(32).toString('base64')}\n`;
  try {
    await makeDirectory(directory);
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    return text;
  } catch (cause) {
    const there = errorCode(cause) === 'EEXIST' ? await readOwn(file) : null;
    if (there !== null) return there;
    throw new Failure(`cannot write ${file}`, { cause });
  }
}
