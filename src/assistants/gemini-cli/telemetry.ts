import type { LogRecord } from '../../otlp/log-record.ts';
import { count, label, text, whole } from '../../otlp/values.ts';
import type { ActorClaim } from '../../usage/actor.ts';
import { backfillActor, telemetryActor } from '../../usage/actor.ts';
import type { TelemetryReader } from '../telemetry.ts';
import { labelsOf, sourceOf } from '../telemetry.ts';
import { geminiActivities } from './activities.ts';
import { agentIdOf, agentOf } from './agent.ts';
import type { GeminiUsage } from './call.ts';
import { geminiState } from './call.ts';

/** One call gives four records and metrics besides; `api_response` alone counts. Its resource may say any service. */
export const geminiTelemetry: TelemetryReader = {
  reads: ({ eventName }) => eventName.startsWith('gemini_cli.'),
  read: (record, org) => {
    const actor = actorOf(record);
    if (record.eventName !== 'gemini_cli.api_response')
      return { events: [], activities: geminiActivities(record, org, actor.actor) };
    const transactionId = text(record.attributes, 'transaction_id');
    const context = { org, source: sourceOf(record), actor, labels: labelsOf(record), transactionId };
    return { events: [geminiState(usageOf(record), context)], activities: [] };
  },
};

function actorOf(record: LogRecord): ActorClaim {
  if (sourceOf(record) !== 'telemetry') return backfillActor(label(record, 'user.email'));
  return telemetryActor({
    configuredEmail: text(record.resource, 'user.email'),
    loginEmail: text(record.attributes, 'user.email'),
    userId: text(record.attributes, 'installation.id'),
  });
}

/** The call that a `gemini_cli.api_response` record tells of. Throws RejectedRecord. */
function usageOf(record: LogRecord): GeminiUsage {
  const { attributes } = record;
  const promptId = text(attributes, 'prompt_id');
  return {
    atMs: record.atMs,
    sessionId: text(attributes, 'session.id'),
    promptId,
    agentId: text(attributes, 'agent_id') ?? agentIdOf(promptId),
    agent: agentOf(text(attributes, 'role'), text(attributes, 'agent_name')),
    messageId: text(attributes, 'message_id'),
    model: text(attributes, 'model'),
    tokens: {
      input: count(record, 'input_token_count'),
      output: count(record, 'output_token_count'),
      cached: count(record, 'cached_content_token_count'),
      thoughts: count(record, 'thoughts_token_count'),
      tool: count(record, 'tool_token_count'),
      total: count(record, 'total_token_count'),
    },
    durationMs: whole(attributes, 'duration_ms'),
    authType: text(attributes, 'auth_type'),
  };
}
