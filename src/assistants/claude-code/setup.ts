import type { AssistantSetup } from '../../setup/assistant-setup.ts';
import { pathsOf } from '../../setup/machine.ts';
import type { Machine } from '../../setup/machine.ts';
import {
  attributionAnswers,
  attributionAttributes,
  otlpEndpoint,
  otlpHeaders,
  withoutOtlpPath,
} from '../../setup/otlp-variables.ts';
import { tiersOf } from '../../usage/tiers.ts';

/** Claude Code's own folder. For reading history several may be named, between commas; the first is written to. */
export function claudeFolder(machine: Machine): string {
  const first = machine.env.CLAUDE_CONFIG_DIR?.split(',')[0]?.trim() ?? '';
  return pathsOf(machine).isAbsolute(first) ? first : pathsOf(machine).join(machine.home, '.claude');
}

/**
 * It does not set OTEL_METRICS_EXPORTER: `none` makes 1.0.128 to 2.1.1 stop at start, and 2.1.40 to 2.1.81 send no
 * logs at all (measured); unset works everywhere.
 */
export const claudeCodeSetup: AssistantSetup = {
  id: 'claude-code',
  label: 'Claude Code',
  binary: 'revenium-metering',
  folder: claudeFolder,
  fields: ['apiKey', 'email', 'tier', 'organization', 'product', 'endpoint'],
  tiers: tiersOf('claude-code'),
  variables: (answers, existing) => ({
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint(answers.endpoint),
    OTEL_EXPORTER_OTLP_HEADERS: otlpHeaders(answers.apiKey, existing.OTEL_EXPORTER_OTLP_HEADERS),
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORT_INTERVAL: '60000',
    REVENIUM_SUBSCRIBER_EMAIL: answers.email,
    CLAUDE_CODE_SUBSCRIPTION_TIER: answers.tier,
    OTEL_RESOURCE_ATTRIBUTES:
      attributionAttributes(answers, existing.OTEL_RESOURCE_ATTRIBUTES, {
        CLAUDE_CODE_SUBSCRIPTION_TIER: answers.tier,
      }) || null,
  }),
  answers: (values) => ({
    ...attributionAnswers(values),
    ...(values.OTEL_EXPORTER_OTLP_ENDPOINT && { endpoint: withoutOtlpPath(values.OTEL_EXPORTER_OTLP_ENDPOINT) }),
    ...(values.CLAUDE_CODE_SUBSCRIPTION_TIER && { tier: values.CLAUDE_CODE_SUBSCRIPTION_TIER }),
  }),
  attributes: ['CLAUDE_CODE_SUBSCRIPTION_TIER'],
  profileTag: 'claude-code',
  history: true,
  memory: null,
  settingsFile: (machine) => pathsOf(machine).join(claudeFolder(machine), 'settings.json'),
};
