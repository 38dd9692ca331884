import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { plainHistory } from '../../../support/session-history.ts';

const FIXTURES = path.resolve('fixtures/claude-code');

interface Answered {
  ua: string;
  model: string;
  request_id?: string;
  id?: string;
  usage?: {
    input_tokens: number;
    output_tokens: number;
    cache_read_input_tokens: number;
    cache_creation?: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
  };
}

const ledger = readFileSync(path.join(FIXTURES, 'ledger.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Answered);

const answered = (version: string): Answered[] =>
  ledger.filter(({ ua, usage }) => usage && ua.startsWith(`claude-cli/${version}`));

for (const version of ['2.1.101', '2.1.329'])
  describe(`sessions that Claude Code ${version} wrote`, () => {
    const { records, skipped } = plainHistory(path.join(FIXTURES, 'sessions', version, 'projects'));
    const byMessage = new Map(records.map((record) => [record.messageId, record]));
    const inFiles = answered(version).filter(({ id }) => byMessage.has(id ?? ''));

    it('hold nothing that the API did not answer', () => {
      expect(records).toHaveLength(inFiles.length);
      expect(inFiles.length).toBeGreaterThan(5);
    });

    it('say of each answer what the API billed; outputs may be placeholders, which are marked', () => {
      for (const { id = '', request_id, usage, model } of inFiles) {
        const record = byMessage.get(id);
        const complete = record?.partial === false;
        expect(record).toMatchObject({
          model,
          inputTokens: usage?.input_tokens,
          cacheReadTokens: usage?.cache_read_input_tokens,
          cacheWrite5mTokens: usage?.cache_creation?.ephemeral_5m_input_tokens,
          cacheWrite1hTokens: usage?.cache_creation?.ephemeral_1h_input_tokens,
          ...(complete ? { outputTokens: usage?.output_tokens } : {}),
        });
        if (record?.requestId !== null) expect(record?.requestId).toBe(request_id);
      }
    });

    it('leave out what was made up by the client', () => {
      expect(skipped).toEqual(version === '2.1.329' ? { synthetic: 1 } : {});
    });
  });

describe('what the recorded sessions are known to lack', () => {
  const read = (version: string) => plainHistory(path.join(FIXTURES, 'sessions', version, 'projects')).records;

  it("2.1.101: the final count of a sub-agent's answer that called a tool", () => {
    const partial = read('2.1.101').filter((record) => record.partial);
    expect(partial).toMatchObject([{ agent: 'general-purpose', outputTokens: 3 }]);
  });

  it('2.1.329: the request id of an answer that came without one', () => {
    expect(read('2.1.329').filter((record) => record.requestId === null)).toHaveLength(1);
  });

  it('forks belong to the session that they were copied from', () => {
    const sessions = new Set(read('2.1.329').map((record) => record.sessionId));
    const copied = read('2.1.329').filter((record) => record.sessionId === '0ed94243-44ba-4c58-956f-4f3fa8b10186');
    expect(sessions).toContain('e0f4d434-d1d1-4070-bb18-012a644aa87d');
    expect(copied.length).toBeGreaterThanOrEqual(5);
  });
});
