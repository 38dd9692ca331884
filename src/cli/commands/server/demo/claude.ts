import { querySourceOf } from '../../../../assistants/claude-code/agent.ts';
import type { OutgoingRecord } from '../../../../otlp/encode-request.ts';
import { eventId } from '../../../../usage/identity.ts';
import type { DemoPerson } from './company.ts';
import type { Random } from './random.ts';
import type { DemoSession } from './workday.ts';

/** What a prompt was about, and the tools that such work takes. */
const WORK: readonly [readonly string[], ...(readonly string[])[]] = [
  ['Read', 'Edit', 'Bash'],
  ['Grep', 'Read', 'Edit', 'Edit', 'Bash'],
  ['Read', 'Write', 'Bash'],
  ['Bash!', 'Read', 'Edit', 'Bash'],
  ['Read', 'Grep', 'Glob'],
  ['Grep', 'Read'],
  [],
];

const EDITS = new Set(['Edit', 'Write']);

export const idOf = (...parts: (string | number)[]): string => eventId(['demo', ...parts]);

/** A UUID's form around a hash. */
export const uuidOf = (...parts: (string | number)[]): string =>
  idOf(...parts).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

function modelOf(person: DemoPerson, daysAgo: number, random: Random): string {
  if (person.habit === 'dear') return random.chance(0.8) ? 'claude-opus-5-5' : 'claude-sonnet-5-5';
  if (daysAgo > 60) return random.chance(0.5) ? 'claude-opus-4-8' : 'claude-sonnet-4-6';
  return random.chance(0.5) ? 'claude-opus-5-5' : 'claude-sonnet-5-5';
}

interface Turn {
  model: string;
  agent: string;
  cacheRead: number;
}

/** The records that Claude Code, or Cowork, would have sent of a session. */
export function claudeRecords(
  person: DemoPerson,
  session: DemoSession,
  key: string,
  daysAgo: number,
): OutgoingRecord[] {
  const { random, project, startMs } = session;
  const sessionId = uuidOf('session', key);
  const model = modelOf(person, daysAgo, random);
  const records: OutgoingRecord[] = [];
  let atMs = startMs;
  let context = random.whole(70_000, 120_000);
  session.prompts.forEach((requests, p) => {
    const promptId = uuidOf('prompt', key, p);
    const who = { 'session.id': sessionId, 'prompt.id': promptId, 'user.email': person.email, project };
    const tools = random.pick(WORK);
    const accepted = random.chance(0.88);
    records.push({
      eventName: 'claude_code.user_prompt',
      atMs,
      attributes: { ...who, prompt_length: random.around(140) },
    });
    for (let r = 0; r < Math.max(requests, tools.length); r++) {
      const subagent = random.chance(0.12);
      const turn: Turn = {
        model: subagent ? 'claude-haiku-4-5' : model,
        agent: subagent ? random.pick(['Explore', 'general-purpose', 'code-reviewer']) : 'main',
        cacheRead: r === 0 && p === 0 ? 0 : context,
      };
      atMs += random.around(9_000);
      if (random.chance(0.008))
        records.push({
          eventName: 'claude_code.api_error',
          atMs: atMs - 2_000,
          attributes: { ...who, model, status_code: random.chance(0.6) ? 529 : 429, attempt: 1 },
        });
      records.push(request(turn, random, who, `req_demo${idOf('request', key, p, r).slice(0, 20)}`, atMs));
      // Compacted when it is full.
      context = context > 180_000 ? 60_000 : context + random.around(9_000);
      const tool = tools[r];
      if (tool !== undefined)
        records.push(
          ...toolRecords(tool, accepted, random, who, `toolu_demo${idOf('tool', key, p, r).slice(0, 20)}`, atMs + 400),
        );
    }
    atMs += random.around(70_000);
  });
  if (random.chance(0.5))
    records.push(
      request(
        { model: 'claude-haiku-4-5', agent: 'background:generate_session_title', cacheRead: 0 },
        random,
        { 'session.id': sessionId, 'user.email': person.email, project },
        `req_demo${idOf('title', key).slice(0, 20)}`,
        startMs + 4_000,
      ),
    );
  return records;
}

function request(
  turn: Turn,
  random: Random,
  who: OutgoingRecord['attributes'],
  requestId: string,
  atMs: number,
): OutgoingRecord {
  const output = random.around(2_200);
  return {
    eventName: 'claude_code.api_request',
    atMs,
    attributes: {
      ...who,
      ...querySourceOf(turn.agent),
      request_id: requestId,
      model: turn.model,
      input_tokens: random.whole(3, 400),
      output_tokens: output,
      cache_read_tokens: turn.cacheRead,
      cache_creation_tokens: random.around(5_500),
      duration_ms: 900 + output * 14 + random.whole(0, 1_500),
      ttft_ms: random.around(800),
    },
  };
}

/** A name that ends in `!` fails. */
function toolRecords(
  tool: string,
  accepted: boolean,
  random: Random,
  who: OutgoingRecord['attributes'],
  id: string,
  atMs: number,
): OutgoingRecord[] {
  const name = tool.replace('!', '');
  const decided = EDITS.has(name) && random.chance(0.6);
  const decision = {
    eventName: 'claude_code.tool_decision',
    atMs,
    attributes: {
      ...who,
      tool_name: name,
      tool_use_id: id,
      decision: decided && !accepted ? 'reject' : 'accept',
      source: decided ? (accepted ? 'user_temporary' : 'user_reject') : 'config',
    },
  } as const;
  if (decided && !accepted) return [decision];
  return [
    // What settings let through would only be a long list of yeses.
    ...(decided ? [decision] : []),
    {
      eventName: 'claude_code.tool_result',
      atMs: atMs + 900,
      attributes: {
        ...who,
        tool_name: name,
        tool_use_id: id,
        success: tool.endsWith('!') ? 'false' : 'true',
        duration_ms: random.around(600),
        tool_result_size_bytes: random.around(2_400),
      },
    },
  ];
}
