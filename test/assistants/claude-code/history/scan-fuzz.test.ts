import fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CallRecord } from '../../../../src/assistants/claude-code/history/call-record.ts';
import { scannedHistory } from '../../../support/scanned-history.ts';
import { plainHistory, sorted } from '../../../support/session-history.ts';
import type { Said } from '../../../support/session-lines.ts';
import { AT, answerLine, echo } from '../../../support/session-lines.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** Lines of a few calls that meet in every way: the same ids again, in other sessions, without one of the ids. */
const said: fc.Arbitrary<Said> = fc.record(
  {
    id: fc.constantFrom('msg_1', 'msg_2', 'msg_3', 'ocgo', null),
    requestId: fc.constantFrom('req_1', 'req_2', 'req_3', 'gateway', null),
    uuid: fc.constantFrom('u1', 'u2', 'u3', 'u4', null),
    sessionId: fc.constantFrom('s1', 's2'),
    at: fc.integer({ min: 0, max: 9 }).map((second) => new Date(Date.parse(AT) + second * 1000).toISOString()),
    output: fc.constantFrom(0, 3, 50, 159),
    input: fc.constantFrom(0, 1, 2),
    split: fc.constantFrom([60, 40], [0, 0], [0, 30], null),
    end: fc.constantFrom('end_turn', null),
    model: fc.constantFrom('claude-opus-4-7', '<synthetic>', null),
    line: fc.record({ isSidechain: fc.boolean(), cwd: fc.constantFrom('/a', 'C:\\b') }),
    usage: fc.constantFrom(
      {},
      { speed: 'fast' },
      { speed: 'turbo', service_tier: null },
      { output_tokens: 12.5 },
      { iterations: [{ type: 'message', input_tokens: 1, output_tokens: 2 }] },
      { iterations: [{ type: 'advisor_message', model: 'm', input_tokens: 7, output_tokens: 8 }] },
      { server_tool_use: { web_search_requests: 2 }, output_tokens_details: { thinking_tokens: 3 } },
    ),
  },
  { requiredKeys: ['uuid'] },
);

const line = fc.oneof(
  { weight: 8, arbitrary: said.map((what) => JSON.stringify(answerLine(what))) },
  { weight: 1, arbitrary: said.map(echo) },
  { weight: 1, arbitrary: said.map((what) => JSON.stringify(answerLine(what), null, ' ').replaceAll('\n', '')) },
  { weight: 1, arbitrary: fc.json() },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('user', 'progress', 'assistant', 'x'), fc.json())
      .map(([type, value]) => `{"parentUuid":null,"type":"${type}","data":{"type":"hook","output_tokens":${value}}}`),
  },
);

/** Bytes that mean something in JSON, and some that do not. */
const byte = fc.oneof(fc.constantFrom(...Buffer.from('"\\{}[]:,0 e-u\n\r\t')), fc.integer({ min: 0, max: 255 }));
const damage = fc.array(fc.tuple(fc.nat(), byte, fc.constantFrom('replace', 'insert', 'cut')), { maxLength: 3 });

function damaged(text: string, wounds: readonly (readonly [number, number, string])[]): Buffer {
  let bytes = Buffer.from(text);
  for (const [where, value, how] of wounds) {
    const at = where % (bytes.length + 1);
    const rest = how === 'cut' ? Buffer.alloc(0) : bytes.subarray(how === 'insert' ? at : at + 1);
    bytes = Buffer.concat([bytes.subarray(0, at), how === 'cut' ? Buffer.alloc(0) : Buffer.from([value]), rest]);
  }
  return bytes;
}

const file = fc.tuple(fc.array(fc.tuple(line, damage), { maxLength: 8 }), fc.boolean()).map(([lines, ended]) => {
  const text = lines.flatMap(([one, wounds]) => [damaged(one, wounds), Buffer.from('\n')]);
  return Buffer.concat(ended ? text : text.slice(0, -1));
});

const NAMES = ['a/s1.jsonl', 'a/s2.jsonl', 'a/s1/subagents/agent-1.jsonl', 'b/s3.jsonl'];
const history = fc.array(file, { minLength: 1, maxLength: NAMES.length });

function write(files: readonly Buffer[]): string {
  const projects = path.join(tempDir(), 'projects');
  for (const [i, content] of files.entries()) {
    const at = path.join(projects, NAMES[i] ?? 'x');
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
  return projects;
}

describe('the scan', () => {
  it('finds in any history, however damaged, what the plain rule finds', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (files) => {
        const projects = write(files);
        const plain = plainHistory(projects);
        const scanned = await scannedHistory(projects);
        expect(sorted(scanned.records)).toEqual(sorted(plain.records));
        expect(scanned.skipped).toEqual(plain.skipped);
      }),
      { numRuns: 1500 },
    );
  });

  it('counts intact calls the same whatever is done to the lines of others, and in any order', async () => {
    const call = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 3 }));
    const lost = fc.tuple(said, damage);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(call, { selector: ([n]) => n, minLength: 1, maxLength: 8 }),
        fc.array(lost, { maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        async (calls, others, places) => {
          const intact = calls.flatMap(([n, lines]) =>
            Array.from({ length: lines }, (_, i) =>
              JSON.stringify(answerLine({ id: `msg_in${n}`, requestId: `req_in${n}`, output: n + i, input: n })),
            ),
          );
          const hurt = others.map(([what, wounds]) => damaged(JSON.stringify(answerLine(what)), wounds));
          const files: Buffer[][] = NAMES.map(() => []);
          for (const one of [...intact, ...intact.filter((_, i) => i % 2 === 0), ...hurt]) {
            const into = files[places.next().value % files.length] ?? [];
            into.splice(
              places.next().value % (into.length + 1),
              0,
              Buffer.concat([Buffer.from(one), Buffer.from('\n')]),
            );
          }
          const { records } = await scannedHistory(write(files.map((parts) => Buffer.concat(parts))));
          for (const [n, lines] of calls) {
            const found = records.filter((record: CallRecord) => record.messageId === `msg_in${n}`);
            expect(found).toMatchObject([{ outputTokens: n + lines - 1, inputTokens: n, cacheReadTokens: 2000 }]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
