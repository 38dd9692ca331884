import { appendFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { promptsOfCalls } from '../../../../src/assistants/claude-code/history/prompts-of-calls.ts';
import type { HistoryScan } from '../../../../src/assistants/claude-code/history/scan/scan.ts';
import { scannedHistory } from '../../../support/scanned-history.ts';
import { OTHER_SESSION, SESSION, answer, used, writeHistory } from '../../../support/session-lines.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const A = `p/${SESSION}.jsonl`;
const B = `p/${OTHER_SESSION}.jsonl`;

/** `session prompt: what it was about`, of the prompts of all calls. */
async function work({ calls, files }: HistoryScan, problems: unknown[] = []): Promise<string[]> {
  const rows = Array.from({ length: calls.table.rows }, (_, row) => row);
  const found: string[] = [];
  for await (const { work: prompts } of promptsOfCalls({ calls, sessionFiles: files }, rows, (error) =>
    problems.push(error),
  ))
    for (const { sessionId, promptId, workflow } of prompts)
      found.push(`${sessionId.slice(0, 8)} ${promptId.slice(0, 8)}: ${workflow}`);
  return found.sort();
}

const below = async (projects: string): Promise<string[]> => work((await scannedHistory(projects)).scan);

const of = (files: Readonly<Record<string, readonly string[] | string>>): Promise<string[]> =>
  below(writeHistory(tempDir(), files));

describe('what prompts were about', () => {
  it('is told of the recorded sessions', async () => {
    const recorded = (version: string): Promise<string[]> =>
      below(path.resolve(`fixtures/claude-code/sessions/${version}/projects`));
    // A sub-agent's tools are its prompt's; the copies of e0f4d434 are of another session, and nobody's.
    expect(await recorded('2.1.329')).toMatchInlineSnapshot(`
      [
        "0ed94243 744fd3ea: review and exploration",
        "3afa192c e0dbef0e: review and exploration",
        "6a14ea8f 61bdee5c: review and exploration",
        "9725f72b e3bdfbf7: review and exploration",
        "9bab20ca 0b755196: review and exploration",
      ]
    `);
    expect(await recorded('2.1.101')).toMatchInlineSnapshot(`
      [
        "4df6dc28 27e553eb: review and exploration",
        "85780899 d03fced4: review and exploration",
      ]
    `);
  });

  it('goes by the prompt that a result names', async () => {
    const lines = [
      ...used('one', 'Read', { file_path: '/home/ada/engine/a.ts' }, { minute: 0 }),
      ...used('two', 'Bash', { command: 'npm test' }, { minute: 1, failed: true }),
      ...used('two', 'Edit', { file_path: '/home/ada/engine/a.ts' }, { minute: 2 }),
      ...used('three', 'Edit', { file_path: '/home/ada/engine/README.md' }, { minute: 3 }),
      ...used('four', 'Bash', { command: 'npm test' }, { minute: 4 }),
      answer({ id: 'msg_last', requestId: 'req_last' }),
    ];
    expect(await of({ [A]: lines })).toEqual([
      '11111111 four: testing',
      '11111111 one: review and exploration',
      '11111111 three: documentation',
      '11111111 two: debugging',
    ]);
  });

  it('leaves out a tool that a person refused, one without an end, and results of versions that name no prompt', async () => {
    const [asked = '', ended = ''] = used('no', 'Edit', { file_path: 'a.ts' }, {});
    const refused = JSON.stringify({ ...(JSON.parse(ended) as object), toolUseResult: 'User rejected tool use' });
    expect(await of({ [A]: [asked, refused] })).toEqual([]);
    expect(await of({ [A]: [asked] })).toEqual([]);
    expect(await of({ [A]: [asked, ended.replace('"promptId"', '"other"')] })).toEqual([]);
    expect(
      await of({ [A]: [asked, '{"type":"user","tool_result":"promptId"', '"tool_use" "assistant"', ended] }),
    ).toEqual(['11111111 no: code generation']);
  });

  it('does not say anything again of what a fork has copied, and says what its own prompts were about', async () => {
    const first = used('original', 'Edit', { file_path: 'a.ts' }, { minute: 0 });
    const copies = used(
      'copied',
      'Edit',
      { file_path: 'a.ts' },
      { minute: 0, sessionId: OTHER_SESSION, of: 'original' },
    );
    const own = used('copied', 'Read', { file_path: 'a.ts' }, { minute: 9, sessionId: OTHER_SESSION });
    const start = JSON.stringify({ type: 'mode', timestamp: '2026-11-20T10:08:00.000Z' });
    expect(await of({ [A]: first, [B]: [start, ...copies] })).toEqual(['11111111 original: code generation']);
    expect(await of({ [A]: first, [B]: [start, ...copies, ...own] })).toEqual([
      '11111111 original: code generation',
      '22222222 copied: review and exploration',
    ]);
  });

  it('joins what sub-agents did in files of their own, and what was done when the session was taken up again', async () => {
    const projects = writeHistory(tempDir(), {
      [A]: used('one', 'Agent', { prompt: 'look at it' }, { minute: 0 }),
      [`p/${SESSION}/subagents/workflows/wf_1/agent-a1.jsonl`]: used(
        'one',
        'Bash',
        { command: 'npm test' },
        { minute: 1, failed: true },
      ),
      [`p/${SESSION}/subagents/agent-a2.jsonl`]: used('one', 'Read', { file_path: 'a.ts' }, { minute: 2 }),
    });
    expect(await below(projects)).toEqual(['11111111 one: testing']);
    const more = used('one', 'Edit', { file_path: 'a.ts' }, { minute: 3 });
    appendFileSync(path.join(projects, A), `${more.join('\n')}\n`);
    expect(await below(projects)).toEqual(['11111111 one: debugging']);
  });

  it('says why a file can no longer be read, and goes on with the others', async () => {
    const one = used('one', 'Read', { file_path: 'a.ts' }, {});
    const two = used('two', 'Read', { file_path: 'a.ts' }, { sessionId: OTHER_SESSION });
    const projects = writeHistory(tempDir(), { [A]: one, [B]: two });
    const { scan } = await scannedHistory(projects);
    rmSync(path.join(projects, A));
    const problems: unknown[] = [];
    expect(await work(scan, problems)).toEqual(['22222222 two: review and exploration']);
    expect(problems).toMatchObject([{ code: 'ENOENT' }]);
  });
});
