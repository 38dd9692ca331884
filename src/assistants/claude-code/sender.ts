import type { LogRecord } from '../../otlp/log-record.ts';
import { label, text } from '../../otlp/values.ts';
import type { ActorClaim } from '../../usage/actor.ts';
import { backfillActor, telemetryActor } from '../../usage/actor.ts';
import { sourceOf } from '../telemetry.ts';
import { agentOf } from './agent.ts';

export function claudeActor(record: LogRecord): ActorClaim {
  const { resource, attributes } = record;
  const configuredEmail = label(record, 'user.email');
  if (sourceOf(record) !== 'telemetry') return backfillActor(configuredEmail);
  return telemetryActor({
    configuredEmail: text(resource, 'user.email'),
    loginEmail: text(attributes, 'user.email'),
    accountId:
      text(attributes, 'user.account_id') ?? text(attributes, 'user.account_uuid') ?? text(resource, 'enduser.id'),
    userId: text(attributes, 'user.id'),
  });
}

/** Our own records carry the version of the client that wrote a file; the client's are its scope's. */
export function claudeVersion(record: LogRecord): string | null {
  const own = text(record.attributes, 'app.version');
  if (own !== null || sourceOf(record) !== 'telemetry') return own;
  return record.scope.version ?? text(record.resource, 'service.version');
}

export const claudeAgent = ({ attributes }: LogRecord): string | null =>
  agentOf(text(attributes, 'query_source'), text(attributes, 'agent.name'), text(attributes, 'agent_id'));
