import type { CallRecord } from '../call-record.ts';
import { agentLabel } from '../call-record.ts';
import * as c from './call-table.ts';
import type { CallTable } from './call-table.ts';
import type { StringStore } from './string-store.ts';

/** A row as the record that it stands for. */
export function recordAt(table: CallTable, strings: StringStore, row: number): CallRecord {
  const name = (column: number): string | null => strings.name(table.mark(row, column));
  const id = (column: number): string | null => strings.id(table.mark(row, column));
  const searches = table.count(row, c.SEARCHES);
  return {
    assistant: table.mark(row, c.ASSISTANT) === 0 ? 'claude-code' : 'claude-cowork',
    requestId: id(c.REQUEST_ID),
    messageId: id(c.MESSAGE_ID),
    uuid: id(c.UUID),
    sessionId: name(c.SESSION),
    agent: agentLabel(table.mark(row, c.LEADER_SIDECHAIN) === 1, name(c.AGENT)),
    model: name(c.MODEL),
    version: name(c.VERSION),
    cwd: name(c.CWD),
    atMs: table.count(row, c.AT),
    partial: table.mark(row, c.COMPLETE) === 0,
    inputTokens: table.count(row, c.INPUT),
    outputTokens: table.count(row, c.OUTPUT),
    reasoningTokens: table.count(row, c.REASONING),
    cacheReadTokens: table.count(row, c.CACHE_READ),
    cacheWrite5mTokens: table.count(row, c.WRITTEN_5M),
    cacheWrite1hTokens: table.count(row, c.WRITTEN_1H),
    splitKnown: table.mark(row, c.SPLIT_KNOWN) === 1,
    webSearches: searches === -1 ? null : searches,
    serviceTier: name(c.TIER),
    inferenceGeo: name(c.GEO),
    speed: name(c.SPEED),
    lines: table.mark(row, c.LINES),
  };
}
