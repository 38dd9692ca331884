import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { StateFile } from '../../../../src/assistants/cursor/sync/state-file.ts';
import type { SyncState } from '../../../../src/assistants/cursor/sync/sync-state.ts';
import {
  deliveredToMs,
  emptyState,
  forDestination,
  forgetOld,
} from '../../../../src/assistants/cursor/sync/sync-state.ts';
import { Failure } from '../../../../src/errors.ts';
import { tempDir } from '../../../support/temp-dir.ts';

let folder: string;
let file: StateFile;
beforeEach(() => {
  folder = path.join(tempDir(), '.cursor', 'revenium');
  file = new StateFile(folder);
});

const state: SyncState = {
  ...emptyState(),
  destination: 'abc',
  coveredToMs: 1_793_600_000_000,
  pending: [{ fromMs: 3_600_000, toMs: 7_200_000 }],
  hours: { '2026-11-20T10': { snapshot: 5, count: 2, hash: 'h', rows: 'AAAA' } },
};

describe('the state file', () => {
  it('comes back as it was written, for its owner alone', async () => {
    expect(await file.read()).toEqual({ state: null, said: null });
    await file.write(state);
    expect(await file.read()).toEqual({ state, said: null });
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('keeps its mode closed, and goes through a link', async () => {
    mkdirSync(folder, { recursive: true });
    const real = path.join(tempDir(), 'elsewhere.json');
    writeFileSync(real, '{}', { mode: 0o644 });
    symlinkSync(real, file.path);
    await file.write(state);
    expect(JSON.parse(readFileSync(real, 'utf8'))).toEqual(state);
    expect(statSync(real).mode & 0o777).toBe(0o600);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"version":1}',
    '{"version":0}',
    '\0\0\0\0',
    JSON.stringify({ ...state, pending: 'x' }),
  ])('that is damaged (%j) is set aside, and said', async (text) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file.path, text);
    const { state: found, said } = await file.read();
    expect(found).toBeNull();
    expect(said).toContain('set aside as state.json.damaged, and the last 35 days are read again');
    expect(readFileSync(`${file.path}.damaged`, 'utf8')).toBe(text);
    expect(existsSync(file.path)).toBe(false);
    expect(await file.read()).toEqual({ state: null, said: null });
  });

  it('is never taken for another, wherever it is cut', async () => {
    await file.write(state);
    const whole = readFileSync(file.path, 'utf8');
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 3), async (length) => {
        writeFileSync(file.path, whole.slice(0, length));
        expect((await file.read()).state).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  it('of a newer release is left alone', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file.path, '{"version":2}');
    await expect(file.read()).rejects.toThrow(/written by a newer release/);
    expect(readFileSync(file.path, 'utf8')).toBe('{"version":2}');
  });

  it('that cannot be written says so', async () => {
    mkdirSync(path.dirname(folder), { recursive: true });
    writeFileSync(folder, 'a file in the way');
    await expect(file.write(state)).rejects.toThrow(Failure);
  });

  it('is tidied of what a killed process has left, and of nothing else', async () => {
    await file.write(state);
    for (const name of ['state.json.123456', 'state.json.damaged', 'revenium.env', 'state.json.12x'])
      writeFileSync(path.join(folder, name), '');
    chmodSync(folder, 0o700);
    await file.tidy();
    expect(readdirSync(folder).sort()).toEqual(['revenium.env', 'state.json', 'state.json.12x', 'state.json.damaged']);
  });
});

describe('the state', () => {
  it('of another destination knows nothing but the clock', () => {
    const known = { ...state, lastSnapshotMs: 77 };
    expect(forDestination(known, 'abc')).toBe(known);
    expect(forDestination(known, 'xyz')).toMatchObject({
      destination: 'xyz',
      lastSnapshotMs: 77,
      hours: {},
      pending: [],
      coveredToMs: null,
    });
  });

  it('is delivered up to the first hour that is pending', () => {
    expect(deliveredToMs(state)).toBe(3_600_000);
    expect(deliveredToMs({ ...state, pending: [] })).toBe(state.coveredToMs);
    expect(deliveredToMs(emptyState())).toBeNull();
  });

  it('forgets rows after five weeks and hours after a year', () => {
    const hour = { snapshot: 1, count: 1, hash: 'h', rows: 'AAAA' };
    const hours = { '2025-01-01T00': hour, '2026-10-01T00': hour, '2026-11-19T00': hour };
    expect(forgetOld(hours, Date.UTC(2026, 10, 20))).toEqual({
      '2026-10-01T00': { snapshot: 1, count: 1, hash: 'h' },
      '2026-11-19T00': hour,
    });
  });
});
