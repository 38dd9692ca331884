import { appendFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { promptsOfCalls } from '../../../../src/assistants/claude-code/history/prompts-of-calls.ts';
import { recordAt } from '../../../../src/assistants/claude-code/history/scan/call-rows.ts';
import { isCall } from '../../../../src/assistants/claude-code/history/scan/join-calls.ts';
import type { HistoryScan } from '../../../../src/assistants/claude-code/history/scan/scan.ts';
import { decodeLogs } from '../../../../src/otlp/decode.ts';
import { CLAUDE_RECORDINGS } from '../../../support/recordings.ts';
import { scannedHistory } from '../../../support/scanned-history.ts';
import { AT, OTHER_SESSION, SESSION, answer, said, used, writeHistory } from '../../../support/session-lines.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const A = `p/${SESSION}.jsonl`;
const B = `p/${OTHER_SESSION}.jsonl`;

/** What each call is known by → its prompt. */
async function promptsOf({ calls, files }: HistoryScan, problems: unknown[] = []) {
  const all = Array.from({ length: calls.table.rows }, (_, row) => row).filter((row) => isCall(calls.table, row));
  const found = new Map<string, string | null>();
  const met: number[] = [];
  const told = promptsOfCalls({ calls, sessionFiles: files }, all, (error) => problems.push(error));
  for await (const { rows, promptOf } of told)
    for (const row of rows) {
      const { messageId, requestId, uuid } = recordAt(calls.table, calls.strings, row);
      met.push(row);
      found.set(messageId ?? requestId ?? uuid ?? '', promptOf(row));
    }
  // Each once, whatever is known of it.
  expect(met.sort((a, b) => a - b)).toEqual(all);
  return found;
}

const below = async (projects: string) => promptsOf((await scannedHistory(projects)).scan);
const of = async (files: Readonly<Record<string, readonly string[] | string>>) =>
  Object.fromEntries(await below(writeHistory(tempDir(), files)));

const at = (minutes: number): string => new Date(Date.parse(AT) + minutes * 60_000).toISOString();
const reply = (name: string, line: object = {}, more: object = {}): string =>
  answer({ id: `msg_${name}`, requestId: `req_${name}`, uuid: `uuid-${name}`, at: at(1), line, ...more });
/** The client's own words, which name no line. */
const START = JSON.stringify({ type: 'mode', timestamp: at(8) });

describe('the prompt of a call', () => {
  it.each(['2.1.101', '2.1.329'])('is the one that telemetry of the same call names: %s', async (version) => {
    const projects = path.resolve(`fixtures/claude-code/sessions/${version}/projects`);
    const { scan, records } = await scannedHistory(projects);
    const found = await promptsOf(scan);
    const sent = CLAUDE_RECORDINGS.flatMap(
      ({ body }) => decodeLogs(Buffer.from(JSON.stringify(body)), 'json').records,
    ).flatMap(({ eventName, attributes }) => (eventName === 'claude_code.api_request' ? [attributes] : []));
    const names = ['session.id', 'input_tokens', 'cache_read_tokens', 'cache_creation_tokens'] as const;
    const matched = records.flatMap((record) => {
      const { sessionId, inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens } = record;
      const own = [sessionId, inputTokens, cacheReadTokens, cacheWrite5mTokens + cacheWrite1hTokens].map(String);
      const same = sent.filter((attributes) => names.every((name, i) => String(attributes[name]) === own[i]));
      return same.map((attributes) => [found.get(record.messageId ?? ''), attributes['prompt.id']]);
    });
    for (const [ours, theirs] of matched) expect(ours).toBe(theirs);
    expect(matched.length).toBeGreaterThan(5);
    expect([...found.values()]).not.toContain(null);
  });

  it('is that of the line which the answer goes on from, where two programs have written in turns', async () => {
    const lines = [
      said('one', { uuid: '11111111-0000-4000-8000-000000000001' }),
      said('two', { uuid: '11111111-0000-4000-8000-000000000002' }),
      // Of no other interest: between a prompt and its answer.
      '{"parentUuid":"11111111-0000-4000-8000-000000000001","attachment":{"type":"date","said":"\\"uuid\\":\\"no\\""},' +
        '"type":"attachment","uuid":"11111111-0000-4000-8000-000000000003","timestamp":"2026-11-20T10:00:30.000Z"}',
      reply('a', { parentUuid: '11111111-0000-4000-8000-000000000003' }),
      reply('b', { parentUuid: '11111111-0000-4000-8000-000000000002' }),
      reply('c', { parentUuid: 'uuid-a' }),
      reply('d', { parentUuid: 'of a line that was never met' }),
    ];
    expect(await of({ [A]: lines })).toEqual({ msg_a: 'one', msg_b: 'two', msg_c: 'one', msg_d: 'two' });
  });

  it('goes on over what tools give back and what the client adds, and not over what names no prompt', async () => {
    const [asked, ended] = used('one', 'Read', { file_path: 'a.ts' }, { minute: 1 });
    const lines = [
      reply('before'),
      said('one'),
      asked,
      ended.replace('"promptId":"one",', ''),
      said(null, { isMeta: true }),
      reply('after'),
      said(null),
      reply('unnamed'),
      said('no id is as long as this. '.repeat(50)),
      reply('long'),
      said('three'),
      reply('named'),
      answer({ id: 'msg_foreign', requestId: null, at: at(2), sessionId: OTHER_SESSION }),
    ];
    expect(await of({ [A]: lines })).toEqual({
      ...{
        msg_before: null,
        msg_one_1: 'one',
        msg_after: 'one',
        msg_unnamed: null,
        msg_long: null,
        msg_named: 'three',
      },
      // Of a session that somebody has appended to another's file.
      msg_foreign: null,
    });
  });

  it('is the first that its lines say, and also that of calls made inside the answer', async () => {
    const iterations = [
      { type: 'message', input_tokens: 1, output_tokens: 2 },
      { type: 'advisor_message', model: 'claude-haiku-4-5', input_tokens: 7, output_tokens: 9 },
    ];
    const lines = [said('one'), reply('a'), said('two'), reply('a', { uuid: 'more' }, { usage: { iterations } })];
    expect(await of({ [A]: lines })).toEqual({ msg_a: 'one', 'msg_a:advisor:1': 'one' });
  });

  it('is nothing that a fork says of what it has copied', async () => {
    const copied = { sessionId: OTHER_SESSION };
    const fork = [
      START,
      said('fork', copied),
      reply('a', copied),
      said('fork', copied),
      reply('b', { ...copied, requestSessionId: SESSION }, { at: at(9) }),
      said('fork', copied),
      reply('own', copied, { at: at(9) }),
    ];
    const original = [said('one'), reply('a'), said('two'), reply('b')];
    expect(await of({ [A]: original, [B]: fork })).toEqual({ msg_a: 'one', msg_b: 'two', msg_own: 'fork' });
    // The original is deleted after thirty days.
    expect(await of({ [B]: fork })).toEqual({ msg_a: null, msg_b: null, msg_own: 'fork' });
  });

  it('is not told where a gateway gives all answers one id, or where a line is too long to be looked at', async () => {
    const foreign = (n: number): string => answer({ id: 'ocgo', requestId: null, input: n, at: at(n) });
    expect(await of({ [A]: [said('one'), foreign(1), said('two'), foreign(2)] })).toEqual({ ocgo: null });
    const image = said('two', { image: 'x'.repeat(17 << 20) });
    expect(await of({ [A]: [said('one'), reply('a'), image, reply('b'), said('three'), reply('c')] })).toEqual({
      ...{ msg_a: 'one', msg_b: null, msg_c: 'three' },
    });
  });

  it('is not that of the prompt before one in a line that nothing can read', async () => {
    const projects = writeHistory(tempDir(), { [A]: [said('one'), reply('a')] });
    const file = path.join(projects, A);
    // A hole, which takes no room on the disk, in place of an image of this size.
    truncateSync(file, statSync(file).size + (257 << 20));
    appendFileSync(file, `\n${reply('b', { parentUuid: 'of the image' })}\n`);
    expect(Object.fromEntries(await below(projects))).toEqual({ msg_a: 'one', msg_b: null });
  });

  it('is not told of a session that cannot be read again; its calls are there all the same', async () => {
    const two = reply('b', { sessionId: OTHER_SESSION });
    const projects = writeHistory(tempDir(), {
      [A]: [said('one'), reply('a')],
      [B]: [said('two', { sessionId: OTHER_SESSION }), two],
    });
    const { scan } = await scannedHistory(projects);
    rmSync(path.join(projects, A));
    const problems: unknown[] = [];
    expect(Object.fromEntries(await promptsOf(scan, problems))).toEqual({ msg_a: null, msg_b: 'two' });
    expect(problems).toMatchObject([{ code: 'ENOENT' }]);
  });

  it('is remembered for as long as a prompt takes', async () => {
    const uuid = (n: number): string => `11111111-0000-4000-8000-${String(n).padStart(12, '0')}`;
    const step = (n: number): string =>
      `{"parentUuid":"${uuid(n - 1)}","type":"attachment","uuid":"${uuid(n)}","timestamp":"${AT}"}`;
    const steps = Array.from({ length: 12_000 }, (_, n) => step(n + 1));
    const lines = [said('one', { uuid: uuid(0) }), said('two'), ...steps, reply('a', { parentUuid: uuid(12_000) })];
    expect(await of({ [A]: lines })).toEqual({ msg_a: 'one' });
  });
});
