import { chmod, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { Failure } from '../../../errors.ts';
import { errorCode } from '../../../errors.ts';
import type { SyncState } from './sync-state.ts';
import { syncStateSchema } from './sync-state.ts';

const FILE = 'state.json';

export interface Inspected {
  state: SyncState | null;
  /** There is a file, which says nothing that we understand. */
  damaged: boolean;
  newer: boolean;
}

/** `~/.cursor/revenium/state.json`: replaced whole, for its owner alone. */
export class StateFile {
  readonly path: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.path = path.join(folder, FILE);
  }

  /** Looks, and leaves it as it is. Null where there is none, or none that can be understood. @throws Failure */
  async inspect(): Promise<Inspected> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (cause) {
      if (errorCode(cause) === 'ENOENT') return { state: null, damaged: false, newer: false };
      throw new Failure(`cannot read ${this.path}`, { cause, hint: 'Make it readable for you, or remove it.' });
    }
    const parsed = parse(text);
    const checked = syncStateSchema.safeParse(parsed);
    return { state: checked.success ? checked.data : null, damaged: !checked.success, newer: isNewer(parsed) };
  }

  /**
   * Null where there is none. A file that cannot be understood is set aside, never overwritten: `said` tells where.
   * @throws Failure for a file of a newer release, or one that cannot be read
   */
  async read(): Promise<{ state: SyncState | null; said: string | null }> {
    const { state, damaged, newer } = await this.inspect();
    if (newer)
      throw new Failure(`${this.path} was written by a newer release`, {
        hint: 'Update this one (npm i -g @revenium/cli), or: revenium-cursor reset',
      });
    return { state, said: damaged ? await this.#setAside() : null };
  }

  /** Resolves when it is on disk. */
  async write(state: SyncState): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFileAtomic(this.path, `${JSON.stringify(state)}\n`, { mode: 0o600 });
    } catch (cause) {
      throw new Failure(`cannot write ${this.path}`, {
        cause,
        hint: 'Nothing is lost: what was not noted as delivered is sent again.',
        retryable: true,
      });
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  /** What a killed process has left beside the file. Only for the holder of the lock. */
  async tidy(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names)
      if (/^state\.json\.\d+$/.test(name)) await rm(path.join(this.#folder, name), { force: true });
  }

  async #setAside(): Promise<string> {
    const aside = `${this.path}.damaged`;
    await rename(this.path, aside);
    await chmod(aside, 0o600);
    return `${this.path} is damaged; it was set aside as ${path.basename(aside)}, and the last 35 days are read again`;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isNewer = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'version' in value &&
  typeof value.version === 'number' &&
  value.version > 1;
