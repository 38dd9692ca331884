import type { LogRecord } from '../../otlp/log-record.ts';
import { text, whole } from '../../otlp/values.ts';
import type { Activity, ActivityKind } from '../../usage/event.ts';
import type { NaturalKey } from '../../usage/identity.ts';
import { isRequestId } from '../../usage/identity.ts';
import { isWorkflow } from '../../usage/workflow.ts';
import type { Deed } from '../activity.ts';
import { activityOf } from '../activity.ts';
import { sequenceOf, sourceOf } from '../telemetry.ts';
import type { ClaudeAssistant } from './call.ts';
import { workflowKey } from './prompt-workflow.ts';
import { claudeActor, claudeAgent, claudeVersion } from './sender.ts';

/** What a record that is not a model call tells of; nothing for an event that says nothing of use. */
export function claudeActivities(record: LogRecord, org: string, assistant: ClaudeAssistant): Activity[] {
  const deed = deedOf(record);
  if (deed === null) return [];
  const doer = {
    org,
    assistant,
    actor: claudeActor(record).actor,
    promptId: text(record.attributes, 'prompt.id'),
    agent: claudeAgent(record),
    version: claudeVersion(record),
  };
  return [activityOf(record, doer, deed)];
}

function deedOf(record: LogRecord): Deed | null {
  const { attributes } = record;
  switch (record.eventName) {
    case 'claude_code.user_prompt':
      // The notification that a background agent is done comes as a prompt too; nothing on the record tells it apart.
      return {
        kind: 'prompt',
        name: text(attributes, 'command_source'),
        outcome: null,
        size: whole(attributes, 'prompt_length'),
        key: promptKey(record),
      };
    case 'claude_code.tool_decision':
      return {
        kind: 'tool-decision',
        name: text(attributes, 'tool_name'),
        outcome: text(attributes, 'decision'),
        decidedBy: text(attributes, 'source'),
        key: toolKey(record, 'tool-decision'),
      };
    case 'claude_code.tool_result':
      return {
        kind: 'tool-result',
        name: text(attributes, 'tool_name'),
        outcome: text(attributes, 'success'),
        size: whole(attributes, 'tool_result_size_bytes'),
        key: toolKey(record, 'tool-result'),
      };
    case 'claude_code.api_error':
      return {
        kind: 'error',
        name: 'api-error',
        outcome: statusOf(record),
        size: whole(attributes, 'attempt'),
        key: requestKey(record),
      };
    case 'claude_code.api_retries_exhausted':
      return {
        kind: 'error',
        name: 'retries-exhausted',
        outcome: statusOf(record),
        durationMs: whole(attributes, 'total_retry_duration_ms'),
        size: whole(attributes, 'total_attempts'),
        key: recordKey(record),
      };
    case 'claude_code.subagent_completed':
      return {
        kind: 'agent',
        name: text(attributes, 'agent_type'),
        outcome: null,
        size: whole(attributes, 'total_tool_uses'),
        key: recordKey(record),
      };
    case 'claude_code.compaction':
      return {
        kind: 'compaction',
        name: text(attributes, 'trigger'),
        outcome: text(attributes, 'success'),
        size: whole(attributes, 'pre_tokens'),
        key: recordKey(record),
      };
    case 'claude_code.prompt_workflow':
      return workflowDeed(record);
    default:
      return null;
  }
}

/** What the history import says of a prompt; of a prompt that has grown it says more, and the later word counts. */
function workflowDeed(record: LogRecord): Deed | null {
  const name = text(record.attributes, 'revenium.workflow');
  const sessionId = text(record.attributes, 'session.id');
  const promptId = text(record.attributes, 'prompt.id');
  if (!isWorkflow(name) || sessionId === null || promptId === null || sourceOf(record) !== 'backfill') return null;
  return {
    kind: 'prompt-workflow',
    name,
    outcome: null,
    // Said again with a name or a project that was missing it is another statement, and is not dropped as known.
    key: [
      ...workflowKey({ sessionId, promptId, workflow: name, atMs: record.atMs }),
      claudeActor(record).actor,
      text(record.attributes, 'project'),
    ],
  };
}

/** An HTTP status; Cowork writes `undefined` where there was none. */
const statusOf = ({ attributes }: LogRecord): string | null => {
  const status = whole(attributes, 'status_code');
  return status === null ? null : String(status);
};

/** Sequence numbers start anew with each process of a session, hence the time. */
const recordKey = (record: LogRecord): NaturalKey => [
  record.eventName,
  text(record.attributes, 'session.id'),
  sequenceOf(record),
  record.atMs,
  text(record.attributes, 'tool_name') ?? text(record.attributes, 'agent_id'),
];

const promptKey = (record: LogRecord): NaturalKey => {
  const id = text(record.attributes, 'prompt.id');
  return id === null ? recordKey(record) : ['claude-prompt', id];
};

/** The model's ids of tool calls are unique; a gateway's may count from zero in every answer. */
const toolKey = (record: LogRecord, kind: ActivityKind): NaturalKey => {
  const id = text(record.attributes, 'tool_use_id');
  return id?.startsWith('toolu_') ? [`claude-${kind}`, id] : [...recordKey(record), id];
};

const requestKey = (record: LogRecord): NaturalKey => {
  const id = text(record.attributes, 'request_id');
  return isRequestId(id) ? ['claude-error', id, whole(record.attributes, 'attempt')] : recordKey(record);
};
