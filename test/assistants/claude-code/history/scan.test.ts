import { appendFileSync, chmodSync, createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { LineSkimmer } from '../../../../src/assistants/claude-code/history/scan/line-skimmer.ts';
import { PlainSkimmer, makeSkimmer } from '../../../../src/assistants/claude-code/history/scan/plain-skimmer.ts';
import { scanHistory } from '../../../../src/assistants/claude-code/history/scan/scan.ts';
import { findSessionFiles } from '../../../../src/assistants/claude-code/history/session-files.ts';
import { makeCorpus } from '../../../support/corpus.ts';
import { buildWorker, recordsOf, scannedHistory } from '../../../support/scanned-history.ts';
import { plainHistory, sorted } from '../../../support/session-history.ts';
import { SESSION, answer, writeHistory } from '../../../support/session-lines.ts';
import { asNobody } from '../../../support/nobody.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const A = `-home-ada/${SESSION}.jsonl`;
const numbered = (n: number, size = 0): string =>
  answer({ id: `msg_${n}`, requestId: `req_${n}`, message: { content: 'x"\\'.repeat(size / 6) } });

describe('the scan', () => {
  it.each([11, 12, 13])('finds in a corpus what the plain rule finds, seed %i', async (seed) => {
    const { projects } = makeCorpus(tempDir(), '8M', seed);
    const plain = plainHistory(projects);
    const scanned = await scannedHistory(projects);
    expect(sorted(scanned.records)).toEqual(sorted(plain.records));
    expect(scanned.skipped).toEqual(plain.skipped);
    expect(scanned.lines).toBe(plain.lines);
  });

  it('finds the same with several threads', async () => {
    const { projects } = makeCorpus(tempDir(), '30M', 14);
    const worker = buildWorker(tempDir());
    const alone = await scannedHistory(projects);
    const together = await scannedHistory(projects, null, { count: 3, worker, bytesEach: 1 << 20 });
    expect(sorted(together.records)).toEqual(sorted(alone.records));
    expect(together.skipped).toEqual(alone.skipped);
    const again = await scannedHistory(projects, together.memory);
    expect(again.scan.read).toBe(0);
    expect(sorted(again.records)).toEqual(sorted(alone.records));
  });

  it('reads lines of any length, at any place of a block', async () => {
    const sizes = [1 << 18, (1 << 19) - 700, (1 << 19) - 1, 1 << 19, (1 << 19) + 1, 1 << 20, 3 << 20];
    const lines = sizes.flatMap((size, n) => [numbered(2 * n), numbered(2 * n + 1, size)]);
    const other = JSON.stringify({ type: 'user', text: 'y'.repeat(2 << 20), output_tokens: 1 });
    const late = JSON.stringify({ text: 'y'.repeat(2 << 20), type: 'user', output_tokens: 1 });
    const projects = writeHistory(tempDir(), { [A]: [other, ...lines, late, numbered(99)] });
    const scanned = await scannedHistory(projects);
    expect(sorted(scanned.records)).toEqual(sorted(plainHistory(projects).records));
    expect(scanned.records).toHaveLength(2 * sizes.length + 1);
    expect(scanned.skipped).toEqual(plainHistory(projects).skipped);
  });

  it('finds the mark of usage where two blocks meet', async () => {
    const whole = numbered(1, 1 << 20);
    const mark = whole.indexOf('"output_tokens"');
    for (const before of [0, 1, 7, 14, 15]) {
      // Moves the mark across the end of the third block.
      const filler = (3 << 19) - before - (mark % (1 << 19)) - '{"a":""}\n'.length;
      const projects = writeHistory(tempDir(), { [A]: [JSON.stringify({ a: 'z'.repeat(filler) }), whole] });
      expect((await scannedHistory(projects)).records).toHaveLength(1);
    }
  });

  it('finds the same where WebAssembly cannot be had', async () => {
    const { projects } = makeCorpus(tempDir(), '4M', 16);
    const late = JSON.stringify({ text: 'y'.repeat(2 << 20), type: 'user', output_tokens: 1 });
    writeHistory(path.dirname(projects), {
      [A]: [late, `\uFEFF${numbered(1)}`, '{"half', numbered(2, 1 << 20), '', '{"output_tokens":'],
    });
    expect(makeSkimmer(1)).toBeInstanceOf(LineSkimmer);
    const skimmed = await scannedHistory(projects);
    vi.stubGlobal('WebAssembly', undefined);
    try {
      expect(makeSkimmer(1)).toBeInstanceOf(PlainSkimmer);
      const parsed = await scannedHistory(projects);
      expect(sorted(parsed.records)).toEqual(sorted(skimmed.records));
      expect(parsed.skipped).toEqual(skimmed.skipped);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('takes a line of 200 MB in its stride', async () => {
    const directory = path.join(tempDir(), 'projects');
    mkdirSync(directory);
    const file = createWriteStream(path.join(directory, 'huge.jsonl'));
    const [head, tail] = answer({ id: 'msg_1', requestId: 'req_1' }).split('Notes');
    file.write(`${numbered(2)}\n${head ?? ''}`);
    for (let i = 0; i < 200; i++) if (!file.write(Buffer.alloc(1 << 20, 'x'))) await once(file, 'drain');
    file.end(`${tail ?? ''}\n${numbered(3)}\n`);
    await once(file, 'close');
    const { records } = await scannedHistory(directory);
    expect(records.map(({ messageId }) => messageId).sort()).toEqual(['msg_1', 'msg_2', 'msg_3']);
  });

  it('refuses lines that are nested beyond all reason', async () => {
    const deep = `{"type":"assistant","output_tokens":${'['.repeat(1 << 20)}`;
    const projects = writeHistory(tempDir(), { [A]: [deep, numbered(1)] });
    const { records, skipped } = await scannedHistory(projects);
    expect(records).toHaveLength(1);
    expect(skipped).toEqual({ malformed: 1 });
  });

  it('counts what was there when the files were found; what is appended meanwhile is for the next time', async () => {
    const projects = writeHistory(tempDir(), { [A]: [numbered(1)] });
    const { files } = findSessionFiles([{ directory: projects, assistant: 'claude-code' }]);
    appendFileSync(path.join(projects, A), `${numbered(2)}\n`);
    const turns = { signal: new AbortController().signal };
    const scan = await scanHistory(files, null, { count: 1, worker: null }, turns);
    expect(recordsOf(scan.calls)).toHaveLength(1);
    expect((await scannedHistory(projects, scan.memory)).records).toHaveLength(2);
  });

  it('names files that it may not read, and reads the others', async () => {
    const directory = tempDir();
    chmodSync(directory, 0o755);
    const projects = writeHistory(directory, { [A]: [numbered(1)], 'b/x.jsonl': [numbered(2)] });
    chmodSync(path.join(projects, A), 0);
    const { records, scan } = await asNobody(() => scannedHistory(projects));
    expect(records).toHaveLength(1);
    expect(scan.problems).toEqual([{ path: path.join(projects, A), message: 'EACCES' }]);
  });

  it('stops when it is told to', async () => {
    const { projects } = makeCorpus(tempDir(), '40M', 15);
    const { files } = findSessionFiles([{ directory: projects, assistant: 'claude-code' }]);
    const stop = new AbortController();
    const reason = new Error('enough');
    const scanning = scanHistory(
      files,
      null,
      { count: 1, worker: null },
      { signal: stop.signal, onProgress: () => stop.abort(reason) },
    );
    await expect(scanning).rejects.toBe(reason);
  });
});
