import { describe, expect, it } from 'vitest';
import type { SignedCommit } from '../../../src/vendors/github/signatures.ts';
import { toolsOfCommits, toolsOfMarks } from '../../../src/vendors/github/signatures.ts';

const commit = (message: string, extra: Partial<SignedCommit> = {}): SignedCommit => ({
  message,
  authorName: 'Ada Lovelace',
  authorEmail: 'ada@acme.com',
  authorLogin: 'ada',
  ...extra,
});

describe('signatures of commits', () => {
  it.each([
    ['Fix\n\nCo-Authored-By: Claude <noreply@anthropic.com>', ['claude-code']],
    ['Fix\n\nCo-Authored-By: Claude Opus 4.5 <noreply@anthropic.com>', ['claude-code']],
    ['Fix\r\n\r\nco-authored-by: claude <NoReply@Anthropic.com>\r\n', ['claude-code']],
    ['Fix\n\n  Co-authored-by: Cursor <cursoragent@cursor.com>  ', ['cursor']],
    ['Fix\n\nCo-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>', ['copilot']],
    ['Fix\n\nCo-authored-by: copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>', ['copilot']],
    ['Fix\n\nCo-authored-by: Codex <noreply@openai.com>', ['codex']],
    ['Fix\n\nCo-authored-by: x <199175422+chatgpt-codex-connector[bot]@users.noreply.github.com>', ['codex']],
    ['Fix\n\nCo-authored-by: gemini-cli gemini-4 <218195315+gemini-cli@users.noreply.github.com>', ['gemini-cli']],
    ['Fix\n\nCo-authored-by: aider (gpt-6) <aider@aider.chat>', ['aider']],
    ['Fix\n\nClaude-Session: https://claude.ai/code/session_1', ['claude-code']],
    // A squash keeps the trailers of all that it holds.
    [
      '* one\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n\n* two\n\nCo-authored-by: Cursor <cursoragent@cursor.com>',
      ['claude-code', 'cursor'],
    ],
    // People.
    ['Fix\n\nCo-authored-by: Claude Shannon <claude.shannon@acme.com>', []],
    ['Fix\n\nCo-authored-by: Claude <claude@users.noreply.github.com>', []],
    ['Fix\n\nCo-authored-by: Grace <1+grace@users.noreply.github.com>', []],
    ['Talk of noreply@anthropic.com, and of Co-Authored-By: Claude <noreply@anthropic.com> in a line', []],
    ['Fix\n\nCo-authored-by: someone', []],
    ['Fix\n\nCo-authored-by: <>', []],
  ])('%j', (message, tools) => {
    expect(toolsOfCommits([commit(message)])).toEqual(tools);
  });

  it.each([
    [{ authorEmail: 'cursoragent@cursor.com', authorName: 'Cursor Agent' }, ['cursor']],
    [{ authorLogin: 'copilot-swe-agent[bot]' }, ['copilot']],
    [{ authorLogin: 'Copilot' }, ['copilot']],
    [{ authorLogin: 'devin-ai-integration[bot]' }, ['devin']],
    [{ authorLogin: 'claude[bot]' }, ['claude-code']],
    [{ authorLogin: 'claude' }, []],
    [{ authorName: 'Ada (aider)' }, ['aider']],
    [{ authorLogin: 'gemini-code-assist[bot]' }, []],
    [{ authorLogin: null, authorEmail: null, authorName: null }, []],
  ])('of author %j', (author, tools) => {
    expect(toolsOfCommits([commit('Fix', author)])).toEqual(tools);
  });

  it('reads a megabyte of trailers and of one line in a moment', () => {
    const trailers = `${'Co-authored-by: '.repeat(4)}\n`.repeat(20_000);
    const line = 'Co-authored-by: <'.repeat(60_000);
    const start = process.cpuUsage().user;
    expect(toolsOfCommits([commit(trailers), commit(line), commit(' '.repeat(1_000_000))])).toEqual([]);
    expect(process.cpuUsage().user - start).toBeLessThan(5_000_000);
  });
});

describe('marks of a pull request', () => {
  const marks = { body: '', labels: [], branch: 'fix/it', authorLogin: 'ada' };
  it.each([
    [{ body: 'x\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)' }, ['claude-code']],
    [{ body: '🤖 Generated with [Claude Code](https://claude.ai/code)\r\n' }, ['claude-code']],
    [{ body: 'I compared it with Claude Code' }, []],
    [{ labels: ['bug', 'Claude-Code-Assisted'] }, ['claude-code']],
    [{ branch: 'cursor/fix-it-1a2b' }, ['cursor']],
    [{ branch: 'codex/x' }, ['codex']],
    [{ branch: 'copilot' }, []],
    [{ authorLogin: 'copilot-swe-agent[bot]' }, ['copilot']],
    [{ authorLogin: null }, []],
  ])('%j', (given, tools) => {
    expect(toolsOfMarks({ ...marks, ...given })).toEqual(tools);
  });
});
