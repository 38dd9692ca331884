import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SecretBox, openSecretBox } from '../../../src/server/services/secret-box.ts';
import { tempDir } from '../../support/temp-dir.ts';

const KEY = Buffer.alloc(32, 7);
const SECRET = 'sk-ant-admin01-verysecretverysecret';

describe('a box', () => {
  it('gives back what was sealed, under another text each time', () => {
    const box = new SecretBox(KEY);
    const [one, two] = [box.seal(SECRET, 'acme/anthropic/key'), box.seal(SECRET, 'acme/anthropic/key')];
    expect(one).not.toBe(two);
    expect(box.open(one, 'acme/anthropic/key')).toBe(SECRET);
    expect(new SecretBox(Buffer.from(KEY)).open(two, 'acme/anthropic/key')).toBe(SECRET);
    expect(one + two).not.toContain('verysecret');
  });

  it('opens for no other purpose, with no other key, and nothing that was touched', () => {
    const box = new SecretBox(KEY);
    const sealed = box.seal(SECRET, 'acme/anthropic/key');
    expect(() => box.open(sealed, 'globex/anthropic/key')).toThrow(/damaged/);
    expect(() => new SecretBox(Buffer.alloc(32, 8)).open(sealed, 'acme/anthropic/key')).toThrow(/another key/);
    const parts = sealed.split('.');
    for (const i of parts.keys()) {
      const changed = [...parts];
      changed[i] = `${parts[i]?.startsWith('A') ? 'B' : 'A'}${parts[i]?.slice(1) ?? ''}`;
      expect(() => box.open(changed.join('.'), 'acme/anthropic/key')).toThrow(/cannot be read/);
    }
    for (const text of ['', 'v1', 'v1.x.y.z', SECRET]) expect(() => box.open(text, 'p')).toThrow(/cannot be read/);
  });
});

describe('its key', () => {
  it('is taken from the environment, in hex or base64', async () => {
    const directory = tempDir();
    for (const text of [KEY.toString('hex'), KEY.toString('base64'), ` ${KEY.toString('base64')}\n`])
      expect((await openSecretBox(text, directory)).keyId).toBe(new SecretBox(KEY).keyId);
    await expect(openSecretBox('short', directory)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('is made once, for its owner alone, whoever comes first', async () => {
    const directory = path.join(tempDir(), 'data');
    const boxes = await Promise.all(Array.from({ length: 5 }, () => openSecretBox(undefined, directory)));
    expect(new Set(boxes.map(({ keyId }) => keyId)).size).toBe(1);
    const file = path.join(directory, 'encryption.key');
    expect(Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')).toHaveLength(32);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await openSecretBox(undefined, directory)).keyId).toBe(boxes[0]?.keyId);
  });

  it('is never replaced where its file is damaged', async () => {
    const directory = tempDir();
    const file = path.join(directory, 'encryption.key');
    writeFileSync(file, 'not a key', { mode: 0o644 });
    await expect(openSecretBox(undefined, directory)).rejects.toThrow(/holds no key/);
    expect(readFileSync(file, 'utf8')).toBe('not a key');
  });
});
