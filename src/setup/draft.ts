import type { FileEdit } from './file-edit.ts';
import { SECRET_MODE } from './file-edit.ts';
import type { Found } from './found.ts';
import { foundFile } from './found.ts';
import type { Machine } from './machine.ts';
import { pathsOf } from './machine.ts';
import type { FileRecord, Manifest } from './manifest.ts';
import { beforeOf, digest, manifestPath, writeManifest } from './manifest.ts';

/** The files as they will be, while a plan is made. */
export interface Draft {
  found: Found;
  machine: Machine;
  files: Map<string, { bytes: Buffer | null; mode: number | null }>;
  records: Map<string, FileRecord>;
}

export const startDraft = (found: Found, machine: Machine): Draft => ({
  found,
  machine,
  files: new Map(),
  records: new Map(found.manifest.files.map((record) => [record.path, record])),
});

/** What the file holds, as drafted so far. */
export function drafted({ found, files }: Draft, path: string): Buffer | null {
  const draft = files.get(path);
  return draft ? draft.bytes : foundFile(found, path).bytes;
}

/** Throws for a file that could not be read: it refuses here, before anything is written. */
export function put(draft: Draft, path: string, bytes: Buffer | null, mode: number | null = null): void {
  foundFile(draft.found, path);
  draft.files.set(path, { bytes, mode });
}

const NOTHING = Buffer.alloc(0);

/** What a file held before setup; `bytes`: what it holds now, if that is not what setup wrote last. */
export type Pristine = (bytes: Buffer | null, old: FileRecord | undefined) => Buffer | null;

/**
 * Puts a file on record on an assistant's behalf, with what it would be without us: what the record says, or where
 * there is none yet or somebody else has changed the file since, what `pristine` makes of the file.
 */
export function record(draft: Draft, path: string, assistant: string, pristine: Pristine): void {
  const { bytes, mode } = foundFile(draft.found, path);
  const old = draft.records.get(path);
  const fresh = old !== undefined && bytes !== null && digest(bytes) === old.wrote;
  const before = fresh ? beforeOf(old) : pristine(bytes, old);
  draft.records.set(path, {
    path,
    for: [...new Set([...(old?.for ?? []), assistant])],
    before: before?.toString('base64') ?? null,
    mode: old ? old.mode : mode,
    wrote: digest(drafted(draft, path) ?? NOTHING),
  });
}

/**
 * Takes an assistant out of a file. The last one gone, and the file as setup wrote it: the old bytes come back.
 * Otherwise `without` says what stays of what it holds.
 */
export function release(draft: Draft, path: string, assistant: string, without: Pristine): void {
  const bytes = drafted(draft, path);
  const old = draft.records.get(path);
  const owners = old?.for.filter((id) => id !== assistant) ?? [];
  const fresh = old !== undefined && bytes !== null && digest(bytes) === old.wrote;
  const left = fresh && owners.length === 0 ? beforeOf(old) : bytes && without(bytes, old);
  // Only secrets were given a mode by us; what was there before them gets its own back.
  const found = foundFile(draft.found, path);
  const mode = owners.length === 0 && found.mode === SECRET_MODE ? (old?.mode ?? null) : null;
  if (bytes) put(draft, path, left, mode);
  if (!old) return;
  if (owners.length === 0) draft.records.delete(path);
  else draft.records.set(path, { ...old, for: owners, wrote: fresh ? digest(left ?? NOTHING) : old.wrote });
}

/** The edits of a draft: the manifest first, so that nothing is ever changed that it does not know. */
export function editsOf(draft: Draft, assistants: Manifest['assistants']): FileEdit[] {
  const { found, machine } = draft;
  const edits = [...draft.files].flatMap(([path, { bytes, mode }]): FileEdit[] => {
    const old = foundFile(found, path);
    const same = bytes === null ? old.bytes === null : old.bytes?.equals(bytes) === true;
    const modeHolds = mode === null || bytes === null || machine.platform === 'win32' || old.mode === mode;
    return same && modeHolds ? [] : [{ path, before: old.bytes, after: bytes, mode }];
  });
  const path = manifestPath(machine);
  const before = foundFile(found, path).bytes;
  const gone = Object.keys(assistants).length === 0 && draft.records.size === 0;
  const after = gone ? null : writeManifest(manifestOf(draft, edits, assistants));
  const same = after === null ? before === null : before?.equals(after) === true;
  if (same) return edits;
  const manifest = { path, before, after, mode: SECRET_MODE };
  return gone ? [...edits, manifest] : [manifest, ...edits];
}

function manifestOf(draft: Draft, edits: readonly FileEdit[], assistants: Manifest['assistants']): Manifest {
  const { found, machine, records } = draft;
  const created = [manifestPath(machine), ...edits.filter(({ before }) => before === null).map(({ path }) => path)];
  const folders = new Set([...found.manifest.folders, ...found.made]);
  const paths = pathsOf(machine);
  for (const path of created)
    for (let at = paths.dirname(path); found.missingFolders.has(at); at = paths.dirname(at)) folders.add(at);
  return { version: 1, assistants, files: [...records.values()], folders: [...folders].sort() };
}
