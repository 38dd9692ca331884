import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mark } from '../../src/delivery/delivered-log.ts';
import { DeliveredLog } from '../../src/delivery/delivered-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const place = (): string => path.join(tempDir(), 'state', 'delivered.bin');
const marks = (from: number, to: number, fingerprint = 1): Mark[] =>
  Array.from({ length: to - from }, (_, i) => ({ key: 2 ** 52 + from + i, fingerprint }));

function note(file: string, ...batches: Mark[][]): void {
  const log = DeliveredLog.open(file);
  for (const batch of batches) log.add(batch);
  log.close();
}

const knows = (file: string, mark: Mark): boolean => DeliveredLog.read(file).has(mark.key, mark.fingerprint);

describe('the log of what was delivered', () => {
  it('knows what was noted, also in another process, and nothing else', () => {
    const file = place();
    note(file, marks(0, 100), marks(100, 150));
    const log = DeliveredLog.read(file);
    expect(marks(0, 150).every(({ key, fingerprint }) => log.has(key, fingerprint))).toBe(true);
    expect(log.has(2 ** 52 + 150, 1)).toBe(false);
    expect(log.has(2 ** 52, 2)).toBe(false);
    expect(log.size).toBe(150);
  });

  it('knows the last word of each record', () => {
    const file = place();
    note(file, marks(0, 1, 5), marks(0, 1, -7));
    expect(knows(file, { key: 2 ** 52, fingerprint: 5 })).toBe(false);
    expect(knows(file, { key: 2 ** 52, fingerprint: -7 })).toBe(true);
  });

  it('knows nothing without a file, and makes it for its owner alone', () => {
    const file = place();
    expect(DeliveredLog.read(file).size).toBe(0);
    note(file, marks(0, 1));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  });

  it('goes on after a crash at any byte: what is whole is known, what is torn is not', () => {
    const file = place();
    note(file, marks(0, 10));
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length; length += 5) {
      writeFileSync(file, whole.subarray(0, length));
      note(file, marks(20, 22));
      const log = DeliveredLog.read(file);
      expect(log.size).toBe(Math.floor(length / 16) + 2);
      expect(marks(20, 22).every(({ key, fingerprint }) => log.has(key, fingerprint))).toBe(true);
    }
  });

  it('never believes an entry that is damaged', () => {
    const file = place();
    note(file, marks(0, 20));
    const whole = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = Buffer.from(whole);
        bad[at] = (bad[at] ?? 0) ^ change;
        writeFileSync(file, bad);
        const log = DeliveredLog.read(file);
        const known = marks(0, 20).filter(({ key, fingerprint }) => log.has(key, fingerprint));
        expect(known).toHaveLength(19);
        expect(log.size).toBe(19);
      }),
    );
    appendFileSync(file, 'garbage');
    truncateSync(file, whole.length + 3);
    expect(DeliveredLog.read(file).size).toBeLessThanOrEqual(20);
  });

  it('does not grow for ever when the same records are noted again', () => {
    const file = place();
    for (let round = 0; round < 12; round++) note(file, marks(0, 500, round));
    expect(statSync(file).size).toBeLessThan(16 * 500 * 6);
    expect(knows(file, { key: 2 ** 52, fingerprint: 11 })).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
