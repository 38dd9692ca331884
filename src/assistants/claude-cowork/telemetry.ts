import type { LogRecord } from '../../otlp/log-record.ts';
import { text } from '../../otlp/values.ts';
import { readClaude } from '../claude-code/telemetry.ts';
import type { TelemetryReader } from '../telemetry.ts';

// The Cowork virtual machine, and Claude Desktop speaking for it.
const SERVICES = new Set(['cowork', 'claude-cowork', 'claude-desktop']);

const isCowork = ({ resource, scope }: LogRecord): boolean =>
  SERVICES.has(text(resource, 'service.name') ?? '') || scope.name === 'claude-desktop.events';

/** Cowork sends Claude Code's events with the same attributes, without request ids and, unless set up otherwise, with content. */
export const claudeCoworkTelemetry: TelemetryReader = {
  reads: (record) => record.eventName.startsWith('claude_code.') && isCowork(record),
  read: (record, org) => readClaude(record, org, 'claude-cowork'),
};
