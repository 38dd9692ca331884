import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDirectory } from '../src/make-directory.ts';
import { tempDir } from './support/temp-dir.ts';

describe('makeDirectory', () => {
  it('makes what is missing, for its owner alone, and is content with what is there', async () => {
    const directory = path.join(tempDir(), 'a', 'b');
    await makeDirectory(directory);
    await makeDirectory(directory);
    if (process.platform !== 'win32') expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('says why where it cannot', async () => {
    const root = tempDir();
    mkdirSync(path.join(root, 'd'));
    writeFileSync(path.join(root, 'd', 'file'), '');
    await expect(makeDirectory(path.join(root, 'd', 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeDirectory(path.join(root, 'd', 'file', 'x'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(process.platform === 'linux')('ends where nothing can be made', async () => {
    await expect(makeDirectory('/proc/nope')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(makeDirectory('/proc/nope/deeper')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
