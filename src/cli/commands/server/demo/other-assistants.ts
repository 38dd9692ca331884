import { cursorRecord } from '../../../../assistants/cursor/record.ts';
import type { OutgoingRecord } from '../../../../otlp/encode-request.ts';
import { uuidOf } from './claude.ts';
import type { DemoPerson } from './company.ts';
import type { DemoSession } from './workday.ts';

/** The records that Gemini CLI would have sent of a session. */
export function geminiRecords(person: DemoPerson, session: DemoSession, key: string): OutgoingRecord[] {
  const { random, project } = session;
  const sessionId = uuidOf('session', key);
  let atMs = session.startMs;
  return session.prompts.flatMap((requests, p) => {
    atMs += random.around(80_000);
    return Array.from({ length: requests }, (_, r): OutgoingRecord => {
      atMs += random.around(7_000);
      const input = random.around(18_000);
      const cached = Math.floor(input * random.next() * 0.8);
      const [output, thoughts] = [random.around(380), random.around(250)];
      return {
        eventName: 'gemini_cli.api_response',
        atMs,
        attributes: {
          'session.id': sessionId,
          prompt_id: `${sessionId}########${p}`,
          'user.email': person.email,
          project,
          role: r === 0 && p === 0 ? 'utility_router' : 'main',
          model: r === 0 && p === 0 ? 'gemini-3.5-flash-lite' : 'gemini-3.1-pro-preview',
          auth_type: 'gemini-api-key',
          duration_ms: 1_200 + output * 9,
          input_token_count: input,
          output_token_count: output,
          cached_content_token_count: cached,
          thoughts_token_count: thoughts,
          tool_token_count: 0,
          total_token_count: input + output + thoughts,
        },
      };
    });
  });
}

/** The rows that Cursor's API would have had of a session; Cursor knows no sessions. */
export function cursorRecords(person: DemoPerson, session: DemoSession): OutgoingRecord[] {
  const { random } = session;
  let atMs = session.startMs;
  return session.prompts.map(() => {
    atMs += random.around(150_000);
    const model = random.pick(['claude-sonnet-5-5', 'claude-sonnet-5-5', 'gpt-5.6-terra', 'gemini-3.1-pro-preview']);
    const beyond = person.habit === 'power' && random.chance(0.15);
    const reportedMicros = random.around(60_000);
    const usage = {
      atMs,
      who: person.email,
      model,
      kind: beyond ? 'Usage-based' : 'Included in Business',
      conversationId: null,
      cloudAgentId: null,
      occurrence: 0,
      inputTokens: random.around(2_600),
      outputTokens: random.around(700),
      cacheReadTokens: random.around(42_000),
      cacheWriteTokens: random.around(1_500),
      reportedMicros,
      billedMicros: beyond ? reportedMicros : null,
    };
    return cursorRecord(usage, session.startMs);
  });
}
