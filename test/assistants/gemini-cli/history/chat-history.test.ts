import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findChatFiles } from '../../../../src/assistants/gemini-cli/history/chat-files.ts';
import type { ChatHistory } from '../../../../src/assistants/gemini-cli/history/chat-history.ts';
import { chatCallId, readChats } from '../../../../src/assistants/gemini-cli/history/chat-history.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const FIXTURES = path.resolve('fixtures/gemini-cli');
const AT = '2026-11-20T21:25:40.827Z';

const answer = (id: string | null, more: object = {}, tokens: object = {}): object => ({
  id,
  timestamp: AT,
  type: 'gemini',
  content: 'x',
  tokens: { input: 1201, output: 51, cached: 801, thoughts: 301, tool: 21, total: 1574, ...tokens },
  model: 'gemini-2.5-flash',
  ...more,
});
const header = { sessionId: 's1', projectHash: 'h', startTime: AT, lastUpdated: AT, kind: 'main' };
const lines = (...values: object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

function chats(files: Record<string, string>): string {
  const folder = path.join(tempDir(), '.gemini');
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, 'tmp', 'engine-slug', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

const read = (folder: string): ChatHistory => readChats(findChatFiles(folder).files);

describe('chats of Gemini CLI', () => {
  it('are counted once though answers with tool calls are written twice', () => {
    const folder = chats({
      'chats/session-1.jsonl': lines(header, answer('a'), answer('a', { toolCalls: [] }), answer('b')),
    });
    expect(read(folder).calls).toMatchObject([
      { messageId: 'a', sessionId: 's1', agentId: null, lines: 2, atMs: Date.parse(AT) },
      { messageId: 'b', lines: 1, tokens: { input: 1201, cached: 801, tool: 21 } },
    ]);
  });

  it('are counted once though resuming writes them again, and rewinding takes nothing back', () => {
    const first = lines(header, answer('a'), answer('b'), { $rewindTo: 'a' });
    const resumed = lines(header, { $set: { messages: [answer('a'), answer('b')] } }, answer('c'));
    const folder = chats({ 'chats/session-1.jsonl': first, 'chats/session-2.jsonl': resumed });
    expect(read(folder).calls.map(({ messageId, lines: n }) => [messageId, n])).toEqual([
      ['a', 2],
      ['b', 2],
      ['c', 1],
    ]);
  });

  it("keep sub-agents' runs apart, under their conversation", () => {
    const folder = chats({
      'chats/session-1.jsonl': lines(header, answer('a')),
      'chats/s1/agent-7.jsonl': lines({ ...header, sessionId: 'agent-7', kind: 'subagent' }, answer('a')),
    });
    const { calls } = read(folder);
    expect(calls.map(({ sessionId }) => sessionId)).toEqual(['s1', 's1']);
    expect(new Set(calls.map(({ agentId }) => agentId))).toEqual(new Set([null, 'agent-7']));
    expect(new Set(calls.map(chatCallId)).size).toBe(2);
  });

  it('are read from the one document of older clients too', () => {
    const folder = chats({
      'chats/session-old.json': JSON.stringify({ sessionId: 's0', messages: [answer('a'), {}] }),
    });
    expect(read(folder).calls).toMatchObject([{ sessionId: 's0', messageId: 'a' }]);
  });

  it('are told apart from what is no answer, and what is broken is counted', () => {
    const broken = [
      lines(header, answer('a'), { id: 'u', type: 'user', content: 'hi' }, { $set: { summary: 'x' } }),
      '{"id":"b","type":"gem\n',
      lines(answer(null), answer('c', { timestamp: 'soon' }), answer('d', {}, { input: -1 })),
      lines(answer('e', { tokens: { input: 0 } }), answer('f', { tokens: null })),
      '{"id":"g","type":"gemini","tokens":{"inp',
    ];
    const { calls, skipped } = read(chats({ 'chats/session-1.jsonl': broken.join('') }));
    expect(calls.map(({ messageId }) => messageId)).toEqual(['a']);
    expect(skipped).toEqual({ malformed: 1, noId: 1, badTimestamp: 1, badNumbers: 1, empty: 1, unfinished: 1 });
  });

  it('are of the project whose path lies beside them', () => {
    const named = chats({ 'chats/session-1.jsonl': lines(header, answer('a')), '.project_root': '/home/ada/engine\n' });
    expect(read(named).calls).toMatchObject([{ project: 'engine' }]);
    expect(read(chats({ 'chats/session-1.jsonl': lines(header, answer('a')) })).calls).toMatchObject([
      { project: 'engine-slug' },
    ]);
  });

  it('may be absent', () => {
    expect(findChatFiles(path.join(tempDir(), 'none'))).toEqual({ files: [], problems: [] });
  });

  it('that the real client wrote are read as they are', () => {
    const folder = path.join(tempDir(), '.gemini');
    const into = path.join(folder, 'tmp', 'slug', 'chats');
    cpSync(path.join(FIXTURES, 'chats-subagent'), into, { recursive: true });
    cpSync(path.join(FIXTURES, 'session-tool.jsonl'), path.join(into, 'session-tool.jsonl'));
    const { calls, skipped } = read(folder);
    expect(skipped).toEqual({});
    expect(
      calls.map(({ tokens, agentId, lines: n }) => [tokens.input, agentId === null ? 'main' : 'subagent', n]),
    ).toEqual([
      [1201, 'main', 2],
      [1202, 'main', 1],
      [1201, 'main', 2],
      [1202, 'subagent', 2],
      [1203, 'main', 1],
    ]);
  });
});
