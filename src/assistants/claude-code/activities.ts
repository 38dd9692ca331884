import type { LogRecord } from '../../otlp/log-record.ts';
import { text, whole } from '../../otlp/values.ts';
import type { Activity } from '../../usage/event.ts';
import type { NaturalKey } from '../../usage/identity.ts';
import { eventId, isRequestId } from '../../usage/identity.ts';
import { labelsOf, sequenceOf } from '../telemetry.ts';
import type { ClaudeAssistant } from './call.ts';
import { claudeActor, claudeAgent, claudeVersion } from './sender.ts';

type What = Pick<Activity, 'kind' | 'name' | 'outcome'> &
  Partial<Pick<Activity, 'decidedBy' | 'durationMs' | 'size'>> & {
    /** By what the same record is known again; null where it has nothing of its own. */
    key: (string | number)[] | null;
  };

/** What a record that is not a model call tells of; nothing for an event that says nothing of use. */
export function claudeActivity(record: LogRecord, org: string, assistant: ClaudeAssistant): Activity[] {
  const what = read(record);
  if (what === null) return [];
  const { key, ...values } = what;
  const { attributes } = record;
  return [
    {
      org,
      id: eventId(key === null ? recordKey(record) : [`claude-${what.kind}`, ...key]),
      atMs: record.atMs,
      assistant,
      actor: claudeActor(record).actor,
      sessionId: text(attributes, 'session.id'),
      promptId: text(attributes, 'prompt.id'),
      ...labelsOf(record),
      agent: claudeAgent(record),
      model: text(attributes, 'model'),
      version: claudeVersion(record),
      decidedBy: null,
      durationMs: whole(attributes, 'duration_ms'),
      size: null,
      ...values,
    },
  ];
}

/** Sequence numbers start anew with each process of a session, hence the time. */
const recordKey = (record: LogRecord): NaturalKey => [
  record.eventName,
  text(record.attributes, 'session.id'),
  sequenceOf(record),
  record.atMs,
  text(record.attributes, 'tool_name'),
];

function read(record: LogRecord): What | null {
  const { attributes } = record;
  switch (record.eventName) {
    case 'claude_code.user_prompt': {
      // The notification that a background agent is done comes as a prompt too; nothing on the record tells it apart.
      const promptId = text(attributes, 'prompt.id');
      return {
        kind: 'prompt',
        name: text(attributes, 'command_source'),
        outcome: null,
        size: whole(attributes, 'prompt_length'),
        key: promptId === null ? null : [promptId],
      };
    }
    case 'claude_code.tool_decision':
      return {
        kind: 'tool-decision',
        name: text(attributes, 'tool_name'),
        outcome: text(attributes, 'decision'),
        decidedBy: text(attributes, 'source'),
        key: toolKey(record),
      };
    case 'claude_code.tool_result':
      return {
        kind: 'tool-result',
        name: text(attributes, 'tool_name'),
        outcome: text(attributes, 'success'),
        size: whole(attributes, 'tool_result_size_bytes'),
        key: toolKey(record),
      };
    case 'claude_code.api_error':
      return {
        kind: 'error',
        name: 'api-error',
        outcome: text(attributes, 'status_code'),
        size: whole(attributes, 'attempt'),
        key: requestKey(record),
      };
    case 'claude_code.api_retries_exhausted':
      return {
        kind: 'error',
        name: 'retries-exhausted',
        outcome: text(attributes, 'status_code'),
        durationMs: whole(attributes, 'total_retry_duration_ms'),
        size: whole(attributes, 'total_attempts'),
        key: null,
      };
    case 'claude_code.subagent_completed':
      return {
        kind: 'agent',
        name: text(attributes, 'agent_type'),
        outcome: null,
        size: whole(attributes, 'total_tool_uses'),
        key: null,
      };
    case 'claude_code.compaction':
      return {
        kind: 'compaction',
        name: text(attributes, 'trigger'),
        outcome: text(attributes, 'success'),
        size: whole(attributes, 'pre_tokens'),
        key: null,
      };
    default:
      return null;
  }
}

/** The model's ids of tool calls are unique; a gateway's may count from zero in every answer. */
function toolKey({ attributes, atMs }: LogRecord): (string | number)[] | null {
  const id = text(attributes, 'tool_use_id');
  if (id === null) return null;
  return /^toolu_./.test(id) ? [id] : [text(attributes, 'session.id') ?? '', id, atMs];
}

function requestKey({ attributes }: LogRecord): (string | number)[] | null {
  const id = text(attributes, 'request_id');
  return isRequestId(id) ? [id, whole(attributes, 'attempt') ?? 0] : null;
}
