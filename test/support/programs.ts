import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Where a program is; null: not on this machine. In CI that is an error: nothing is passed over there unseen. */
export function findProgram(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here.
    }
  }
  if (process.env.CI) throw new Error(`${name} is not installed, and these tests need it`);
  return null;
}
