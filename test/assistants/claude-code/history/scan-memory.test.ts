import {
  appendFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScanMemory } from '../../../../src/assistants/claude-code/history/scan/scan-memory.ts';
import {
  decodeMemory,
  encodeMemory,
  readMemory,
} from '../../../../src/assistants/claude-code/history/scan/scan-memory.ts';
import { scannedHistory } from '../../../support/scanned-history.ts';
import { plainHistory, sorted } from '../../../support/session-history.ts';
import { SESSION, answer, echo, writeHistory } from '../../../support/session-lines.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const A = `-home-ada/${SESSION}.jsonl`;
const numbered = (n: number, output = 50): string => answer({ id: `msg_${n}`, requestId: `req_${n}`, output });

/** Scans again with what the last scan left, and compares with reading everything the plain way. */
async function again(projects: string, memory: ScanMemory | null) {
  const scanned = await scannedHistory(projects, memory);
  const plain = plainHistory(projects);
  expect(sorted(scanned.records)).toEqual(sorted(plain.records));
  expect(scanned.skipped).toEqual(plain.skipped);
  return scanned;
}

describe('a second scan', () => {
  it('reads nothing of files that did not change', async () => {
    const projects = writeHistory(tempDir(), { [A]: [numbered(1), numbered(2)] });
    const { memory } = await again(projects, null);
    const second = await again(projects, memory);
    expect(second.scan.read).toBe(0);
    expect(second.scan.memory).toBeNull();
  });

  it('reads only what was appended, and goes on with the call that was being written', async () => {
    const projects = writeHistory(tempDir(), { [A]: [numbered(1), numbered(2, 3)] });
    const first = await again(projects, null);
    const appended = `${numbered(2, 90)}\n${numbered(3)}\n`;
    appendFileSync(path.join(projects, A), appended);
    const second = await again(projects, first.memory);
    expect(second.scan.read).toBe(appended.length);
    expect(second.records.find(({ messageId }) => messageId === 'msg_2')).toMatchObject({ outputTokens: 90, lines: 2 });
  });

  it('reads a half-written line again, and a whole one without a line end not', async () => {
    const projects = writeHistory(tempDir(), { [A]: `${numbered(1)}\n${numbered(2).slice(0, 300)}` });
    const first = await again(projects, null);
    expect(first.skipped).toEqual({ unfinished: 1 });
    appendFileSync(path.join(projects, A), numbered(2).slice(300));
    const second = await again(projects, first.memory);
    expect(second.records).toHaveLength(2);
    expect(second.skipped).toEqual({});
    appendFileSync(path.join(projects, A), `\n${numbered(3)}\n`);
    const third = await again(projects, second.memory);
    expect(third.records).toHaveLength(3);
    expect(third.scan.read).toBe(numbered(3).length + 2);
  });

  it.each<[string, (file: string) => void]>([
    ['cut short', (file) => truncateSync(file, numbered(1).length + 1)],
    ['emptied and written anew', (file) => writeFileSync(file, `${numbered(7)}\n`)],
    ['written anew, longer', (file) => writeFileSync(file, [5, 6, 7, 8].map((n) => `${numbered(n)}\n`).join(''))],
    ['removed', (file) => rmSync(file)],
    [
      'replaced by another of the same size and time',
      (file) => {
        const other = `${file}.new`;
        writeFileSync(other, [1, 9].map((n) => `${numbered(n)}\n`).join(''));
        utimesSync(other, new Date(0), new Date(0));
        renameSync(other, file);
      },
    ],
    ['moved', (file) => renameSync(file, path.join(path.dirname(file), 'moved.jsonl'))],
  ])('reads a file again that was %s', async (_, act) => {
    const projects = writeHistory(tempDir(), {
      [A]: [numbered(1), numbered(2)],
      'b/x.jsonl': [numbered(3), numbered(1)],
    });
    const file = path.join(projects, A);
    utimesSync(file, new Date(0), new Date(0));
    const first = await again(projects, null);
    act(file);
    const second = await again(projects, first.memory);
    await again(projects, second.memory);
  });

  it('lets go of what files that are gone left in its memory', async () => {
    const many = Array.from({ length: 200 }, (_, n) => numbered(n));
    const projects = writeHistory(tempDir(), { [A]: many, 'b/x.jsonl': [numbered(1000)] });
    const first = await again(projects, null);
    rmSync(path.join(projects, A));
    const second = await again(projects, first.memory);
    const size = (memory: ScanMemory | null): number => (memory ? encodeMemory(memory).length : 0);
    expect(size(second.memory)).toBeLessThan(size(first.memory) / 10);
  });

  it('comes to the same as reading everything, whatever happens in between', async () => {
    const file = fc.constantFrom('a/1.jsonl', 'a/2.jsonl', 'a/1/subagents/agent-1.jsonl');
    const text = fc
      .array(
        fc.oneof(
          fc
            .tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(3, 50))
            .map(([n, output]) => `${numbered(n, output)}\n`),
          fc.integer({ min: 1, max: 6 }).map((n) => `${echo({ id: `msg_${n}`, requestId: null })}\n`),
          fc.constantFrom('{"output_tokens":', answer({ id: 'ocgo', requestId: null, uuid: 'u' }), '\n', '{}'),
        ),
        { maxLength: 4 },
      )
      .map((parts) => parts.join(''));
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.constant('append'), file, text) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('write'), file, text) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('remove'), file, text) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('cut'), file, text) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 4 }), async (rounds) => {
        const projects = path.join(tempDir(), 'projects');
        let memory: ScanMemory | null = null;
        for (const steps of rounds) {
          for (const [what, name, content] of steps) {
            const at = path.join(projects, name);
            mkdirSync(path.dirname(at), { recursive: true });
            if (what === 'append') appendFileSync(at, content);
            else if (what === 'write') writeFileSync(at, content);
            else if (what === 'remove') rmSync(at, { force: true });
            else if (existsSync(at)) truncateSync(at, Math.floor(statSync(at).size / 2));
          }
          mkdirSync(projects, { recursive: true });
          memory = (await again(projects, memory)).memory;
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("a scan's memory", () => {
  it('is used only whole and of its own form', async () => {
    const projects = writeHistory(tempDir(), { [A]: [numbered(1)] });
    const { memory } = await again(projects, null);
    if (!memory) throw new Error('the first scan leaves a memory');
    const content = encodeMemory(memory);
    expect(decodeMemory(content)?.files).toEqual(memory.files);
    expect(decodeMemory(content.subarray(0, content.length - 1))).toBeNull();
    expect(decodeMemory(Buffer.alloc(0))).toBeNull();
    expect(decodeMemory(Buffer.from('something else entirely'))).toBeNull();
    for (let at = 0; at < content.length; at += 7) {
      const bad = Buffer.from(content);
      bad[at] = (bad[at] ?? 0) ^ 0x10;
      expect(decodeMemory(bad), `byte ${at}`).toBeNull();
    }
    expect(readMemory(path.join(projects, 'no such file'))).toBeNull();
  });
});
