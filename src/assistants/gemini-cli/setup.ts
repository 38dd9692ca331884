import type { AssistantSetup } from '../../setup/assistant-setup.ts';
import { pathsOf } from '../../setup/machine.ts';
import {
  attributionAnswers,
  attributionAttributes,
  otlpEndpoint,
  otlpHeaders,
  withoutOtlpPath,
} from '../../setup/otlp-variables.ts';

/** Measured with Gemini CLI 0.61.0. */
export const geminiCliSetup: AssistantSetup = {
  id: 'gemini-cli',
  label: 'Gemini CLI',
  binary: 'revenium-gemini',
  folder: (machine) => pathsOf(machine).join(machine.home, '.gemini'),
  fields: ['apiKey', 'email', 'organization', 'product', 'endpoint'],
  tiers: [],
  variables: (answers, existing) => ({
    GEMINI_TELEMETRY_ENABLED: 'true',
    GEMINI_TELEMETRY_TARGET: 'local',
    // Its default is grpc; `http/json` stops it from starting.
    GEMINI_TELEMETRY_OTLP_PROTOCOL: 'http',
    GEMINI_TELEMETRY_OTLP_ENDPOINT: otlpEndpoint(answers.endpoint),
    // Its default is to send the prompts.
    GEMINI_TELEMETRY_LOG_PROMPTS: 'false',
    GEMINI_TELEMETRY_TRACES_ENABLED: 'false',
    // Empty, it clears a `telemetry.outfile` in its settings, which would win over OTLP.
    GEMINI_TELEMETRY_OUTFILE: '',
    OTEL_EXPORTER_OTLP_HEADERS: otlpHeaders(answers.apiKey, existing.OTEL_EXPORTER_OTLP_HEADERS),
    OTEL_RESOURCE_ATTRIBUTES: attributionAttributes(answers, existing.OTEL_RESOURCE_ATTRIBUTES) || null,
    // Without these three the prompt leaves in process.command_args, and the system prompt in spans and logs.
    OTEL_NODE_RESOURCE_DETECTORS: 'env',
    OTEL_TRACES_SAMPLER: 'always_off',
    OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '256',
  }),
  answers: (values) => ({
    ...attributionAnswers(values),
    ...(values.GEMINI_TELEMETRY_OTLP_ENDPOINT && { endpoint: withoutOtlpPath(values.GEMINI_TELEMETRY_OTLP_ENDPOINT) }),
  }),
  attributes: [],
  profileTag: 'gemini-cli',
  history: true,
  memory: null,
  settingsFile: null,
};
