import type { LogRecord } from '../../otlp/log-record.ts';
import { flag, text, whole } from '../../otlp/values.ts';
import type { Activity } from '../../usage/event.ts';
import type { NaturalKey } from '../../usage/identity.ts';
import type { Deed } from '../activity.ts';
import { activityOf } from '../activity.ts';
import { agentIdOf, agentOf } from './agent.ts';

/** What a record that is not a model call tells of. */
export function geminiActivities(record: LogRecord, org: string, actor: string | null): Activity[] {
  const { attributes } = record;
  const promptId = text(attributes, 'prompt_id');
  const agent = agentIdOf(promptId) === null ? agentOf(text(attributes, 'role'), null) : 'subagent';
  const doer = { org, assistant: 'gemini-cli', actor, promptId, agent, version: null } as const;
  return deedsOf(record).map((deed) => activityOf(record, doer, deed));
}

function deedsOf(record: LogRecord): Deed[] {
  const { attributes } = record;
  const key = recordKey(record);
  switch (record.eventName) {
    case 'gemini_cli.user_prompt':
      return [{ kind: 'prompt', name: null, outcome: null, size: whole(attributes, 'prompt_length'), key }];
    case 'gemini_cli.tool_call':
      return toolDeeds(record, key);
    case 'gemini_cli.api_error': {
      const status = whole(attributes, 'status_code');
      const outcome = status === null ? null : String(status);
      return [{ kind: 'error', name: text(attributes, 'error.type'), outcome, key }];
    }
    case 'gemini_cli.agent.finish': {
      const name = text(attributes, 'agent_name');
      return [{ kind: 'agent', name, outcome: null, size: whole(attributes, 'turn_count'), key }];
    }
    case 'gemini_cli.chat_compression':
      return [{ kind: 'compaction', name: null, outcome: null, size: whole(attributes, 'tokens_before'), key }];
    default:
      return [];
  }
}

/** `modify` is a person's acceptance with changes, `auto_accept` nobody's; `accept` may be either. */
const DECISIONS = new Map<string | null, { outcome: string; decidedBy: string | null }>([
  ['accept', { outcome: 'accept', decidedBy: null }],
  ['modify', { outcome: 'accept', decidedBy: 'user' }],
  ['auto_accept', { outcome: 'accept', decidedBy: 'config' }],
  ['reject', { outcome: 'reject', decidedBy: null }],
]);

/** One record tells of both the decision and, unless it was a refusal, the result. */
function toolDeeds({ attributes }: LogRecord, key: NaturalKey): Deed[] {
  const name = text(attributes, 'function_name');
  const decision = DECISIONS.get(text(attributes, 'decision'));
  const decided: Deed[] = decision
    ? [{ kind: 'tool-decision', name, ...decision, durationMs: null, key: [...key, 'decision'] }]
    : [];
  if (decision?.outcome === 'reject') return decided;
  const outcome = String(flag(attributes, 'success'));
  return [...decided, { kind: 'tool-result', name, outcome, size: whole(attributes, 'content_length'), key }];
}

/** Nothing here has an id of its own. */
const recordKey = ({ eventName, attributes, atMs }: LogRecord): NaturalKey => [
  eventName,
  text(attributes, 'session.id'),
  atMs,
  text(attributes, 'prompt_id'),
  text(attributes, 'function_name') ?? text(attributes, 'agent_id') ?? text(attributes, 'model'),
  whole(attributes, 'duration_ms'),
];
