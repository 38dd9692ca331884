import { describe, expect, it } from 'vitest';
import { ImportWorld } from '../../../support/import-world.ts';
import { OTHER_SESSION, SESSION, answer, writeHistory } from '../../../support/session-lines.ts';

const A = `-home-ada/${SESSION}.jsonl`;
const B = `-home-ada/${OTHER_SESSION}.jsonl`;
const AGENT = `-home-ada/${SESSION}/subagents/agent-1.jsonl`;

function worldWith(files: Record<string, readonly string[]>): ImportWorld {
  const world = new ImportWorld();
  writeHistory(world.claude, files);
  return world;
}

interface Document {
  records: {
    transactionId: string;
    requestId: string;
    outputTokens: number;
    lines: { file: string; line: number; why: string[] }[];
  }[];
  passedOver: { line: number; reason: string }[];
}

const asked = (): ImportWorld =>
  worldWith({
    [A]: [
      '{}',
      answer({ output: 3 }),
      answer({ output: 159, end: 'end_turn' }),
      answer({ id: 'msg_9', requestId: 'req_9' }),
    ],
    // Begun one after the other: files that begin at the same time are read in the order of their birth, or by name.
    [B]: [answer({ output: 3, requestId: null, sessionId: OTHER_SESSION, at: '2026-11-20T10:00:01.000Z' })],
    [AGENT]: [
      answer({ output: 159, requestId: 'req_aside', at: '2026-11-20T10:00:02.000Z', line: { isSidechain: true } }),
    ],
  });

describe('backfill explain', () => {
  it('tells which lines made a record, and why', async () => {
    const world = asked();
    const { records } = await world.json<Document>('backfill explain req_011Babbage');
    expect(records).toMatchObject([{ requestId: 'req_011Babbage', outputTokens: 159 }]);
    const lines = records[0]?.lines.map(({ file, line, why }) => [file.slice(-12), line, why.join('; ')]);
    expect(lines).toEqual([
      [A.slice(-12), 2, expect.stringContaining('says who and where')],
      [A.slice(-12), 3, expect.stringContaining('its output count stands')],
      [B.slice(-12), 1, expect.stringMatching(/under session 2222.*no request id.*a copy/)],
      [AGENT.slice(-12), 1, expect.stringContaining('under another request id, req_aside')],
    ]);
  });

  it('takes nothing but a line feed for the end of a line', async () => {
    // Both may stand in JSON as they are.
    const odd = answer({ message: { content: [{ type: 'text', text: 'a\u2028b' }] } }).replace(',', ',\r');
    const { records, passedOver } = await worldWith({ [A]: [odd, answer({ output: 70 })] }).json<Document>(
      'backfill explain req_011Babbage',
    );
    expect(passedOver).toEqual([]);
    expect(records[0]?.lines.map(({ line }) => line)).toEqual([1, 2]);
  });

  it('finds it by any of its ids', async () => {
    const world = asked();
    const byRequest = await world.json<Document>('backfill explain req_011Babbage');
    const id = byRequest.records[0]?.transactionId ?? '';
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    for (const other of [id, 'msg_01Analytical', 'req_aside'])
      expect((await world.json<Document>(`backfill explain ${other}`)).records).toEqual(byRequest.records);
  });

  it('names lines that mention the id and are no record', async () => {
    const quiet = worldWith({ [A]: [answer({ id: 'msg_x', requestId: 'req_x', model: '<synthetic>' })] });
    const { code, stdout } = await quiet.run('backfill explain req_x');
    expect(code).toBe(0);
    expect(stdout).toContain('1111.jsonl:1  made up by the client');
  });

  it('speaks to people too', async () => {
    const { stdout } = await asked().run('backfill explain msg_01Analytical');
    expect(stdout).toContain('made of 4 lines:');
    expect(stdout).toContain(`~/.claude/projects/${A}:3`);
  });

  it('fails where nothing mentions it', async () => {
    const { code, stderr } = await asked().run('backfill explain req_unknown');
    expect(code).toBe(1);
    expect(stderr).toContain('no session file mentions req_unknown');
  });

  it('needs an id', async () => {
    expect((await asked().run('backfill explain')).code).toBe(2);
  });
});
