import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export interface OwnDirectory {
  path: string;
  remove: () => void;
}

export function ownDirectory(): OwnDirectory {
  const made = mkdtempSync(path.join(tmpdir(), 'revenium-test-'));
  return { path: made, remove: () => rmSync(made, { recursive: true, force: true }) };
}

/** A directory of its own for one test, removed after it. */
export function tempDir(): string {
  const { path: made, remove } = ownDirectory();
  onTestFinished(remove);
  return made;
}
