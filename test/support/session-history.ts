import { readFileSync } from 'node:fs';
import { agentTypeBeside } from '../../src/assistants/claude-code/history/agent-type.ts';
import type { AnswerLine, SkipReason } from '../../src/assistants/claude-code/history/answer-line.ts';
import type { CallRecord } from '../../src/assistants/claude-code/history/call-record.ts';
import { recordId } from '../../src/assistants/claude-code/history/call-record.ts';
import { HEAD_BYTES, startOf } from '../../src/assistants/claude-code/history/file-start.ts';
import { callRecords } from '../../src/assistants/claude-code/history/record-rule.ts';
import { findSessionFiles } from '../../src/assistants/claude-code/history/session-files.ts';
import type { SessionFile } from '../../src/assistants/claude-code/history/session-files.ts';
import { parseSessionLine } from '../../src/assistants/claude-code/history/session-line.ts';

export interface History {
  records: CallRecord[];
  skipped: Partial<Record<SkipReason, number>>;
  lines: number;
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** A file read the plain way: whole, split, each line parsed. */
export function plainLines(text: string, skip: (reason: SkipReason) => void): AnswerLine[] {
  const rows = text.split('\n');
  const last = rows.pop() ?? '';
  const strip = (row: string): string => (row.startsWith('\uFEFF') ? row.slice(1) : row);
  if (last.trim() !== '' && !isJson(strip(last))) skip('unfinished');
  else rows.push(last);
  return rows.flatMap((row) => {
    const read = parseSessionLine(strip(row));
    if (typeof read === 'string') skip(read);
    return Array.isArray(read) ? read : [];
  });
}

/** What the record rule makes of a folder, slowly: the truth that the scan is measured against. */
export function plainHistory(projects: string, files: readonly SessionFile[] = filesOf(projects)): History {
  const skipped: History['skipped'] = {};
  let lines = 0;
  const read = files.map((file) => {
    const found = plainLines(readFileSync(file.path, 'utf8'), (reason) => {
      skipped[reason] = (skipped[reason] ?? 0) + 1;
    });
    lines += found.length;
    const head = readFileSync(file.path).subarray(0, HEAD_BYTES);
    return { file, startedMs: startOf(head), agentType: agentTypeBeside(file.path), lines: found };
  });
  return { records: callRecords(read), skipped, lines };
}

const filesOf = (directory: string): SessionFile[] => findSessionFiles([{ directory, assistant: 'claude-code' }]).files;

/** Comparable: in the order of their ids. */
export const sorted = (records: readonly CallRecord[]): CallRecord[] =>
  records
    .map((record) => ({ record, id: recordId(record) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ record }) => record);

export function totals(records: readonly CallRecord[]) {
  const sum = (of: (record: CallRecord) => number): number => records.reduce((total, record) => total + of(record), 0);
  return {
    records: records.length,
    input: sum((r) => r.inputTokens),
    output: sum((r) => r.outputTokens),
    cacheCreate: sum((r) => r.cacheWrite5mTokens + r.cacheWrite1hTokens),
    cacheCreate1h: sum((r) => r.cacheWrite1hTokens),
    cacheRead: sum((r) => r.cacheReadTokens),
  };
}
