import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '../errors.ts';
import type { Machine } from './machine.ts';
import { pathsOf, stateFolder } from './machine.ts';

/**
 * What setup remembers, so that `uninstall` gives every file back byte for byte: what each file held before the first
 * setup, and what was written last. It is the one backup, and goes with the last assistant.
 */
const fileRecord = z.object({
  path: z.string(),
  /** Assistants on whose behalf it was changed. */
  for: z.array(z.string()),
  /** Base64; null: there was no such file. */
  before: z.string().nullable(),
  mode: z.number().nullable(),
  /** SHA-256 of what was written last: equal, and the old bytes can simply be put back. */
  wrote: z.string(),
});

const manifest = z.object({
  version: z.literal(1),
  assistants: z.record(
    z.string(),
    z.object({
      /** Profiles that load its env file. */
      profiles: z.array(z.string()),
      /** Its own settings file carries the variables. */
      settings: z.boolean(),
    }),
  ),
  files: z.array(fileRecord),
  /** Folders that were not there before, to be taken away if empty. */
  folders: z.array(z.string()),
});

export type FileRecord = z.infer<typeof fileRecord>;
export type Manifest = z.infer<typeof manifest>;

const EMPTY_MANIFEST: Manifest = { version: 1, assistants: {}, files: [], folders: [] };

export const manifestPath = (machine: Machine): string => pathsOf(machine).join(stateFolder(machine), 'setup.json');

export const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function readManifest(bytes: Uint8Array | null, path: string): Manifest {
  if (bytes === null) return EMPTY_MANIFEST;
  try {
    return manifest.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    throw new Failure(`${path} cannot be read: it is damaged, or from a newer version`, {
      cause: error,
      hint: 'It says how your files were before setup. Update this program, or move the file away to go on without.',
    });
  }
}

export const writeManifest = (value: Manifest): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

export const beforeOf = ({ before }: FileRecord): Buffer | null =>
  before === null ? null : Buffer.from(before, 'base64');
