import type { Check } from './check.ts';
import { fail, warn } from './check.ts';
import { effective, shown } from './layers.ts';
import type { Situation } from './situation.ts';

/** Variables that setup does not write, but that bend or stop what it has set up. */
const TROUBLE: readonly {
  name: string;
  /** null: any value. */
  value: RegExp | null;
  of: readonly string[];
  means: string;
}[] = [
  {
    name: 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
    value: null,
    of: ['claude-code'],
    means: 'It is used as it stands, instead of the endpoint that was set up.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL',
    value: /^(?!http\/)/,
    of: ['claude-code'],
    means: 'The endpoint takes OTLP over HTTP, not over gRPC.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_LOGS_HEADERS',
    value: /x-api-key=/,
    of: ['claude-code', 'gemini-cli'],
    means: 'Its key takes the place of the one that was set up.',
  },
  { name: 'OTEL_SDK_DISABLED', value: /^true$/i, of: ['claude-code', 'gemini-cli'], means: 'All telemetry is off.' },
  {
    name: 'GEMINI_TELEMETRY_USE_CLI_AUTH',
    value: /^(?:true|1)$/,
    of: ['gemini-cli'],
    means: 'Without credentials for it, telemetry is put off.',
  },
];

export function troubleChecks(situation: Situation): Check[] {
  const { assistant, layers } = situation;
  return TROUBLE.flatMap(({ name, value, of, means }) => {
    const got = effective(layers, name);
    if (!got || got.value === '' || !of.includes(assistant.id) || (value && !value.test(got.value))) return [];
    const says = `${name} is ${shown(name, got.value)} (set by ${got.layer.name})`;
    const remedy =
      got.layer.kind === 'shell'
        ? `unset ${name}, and take it out of the profile that sets it`
        : `Take "${name}" out of "env" in ${got.layer.name}`;
    return [fail(name === 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT' ? 'endpoint' : 'values', says, means, remedy)];
  });
}

/** Older than this, `OTEL_METRICS_EXPORTER=none` stops or silences Claude Code (measured). */
const NONE_IS_FINE: readonly number[] = [2, 1, 101];

const isOlder = (version: string, than: readonly number[]): boolean => {
  const parts = version.split('.').map(Number);
  const at = than.findIndex((part, i) => part !== parts[i]);
  return at !== -1 && (parts[at] ?? 0) < (than[at] ?? 0);
};

export function metricsExporterChecks({ assistant, layers }: Situation, version: string | null): Check[] {
  const got = effective(layers, 'OTEL_METRICS_EXPORTER');
  if (assistant.id !== 'claude-code' || got?.value.trim() !== 'none') return [];
  const where =
    got.layer.kind === 'shell'
      ? 'unset OTEL_METRICS_EXPORTER, or update'
      : `Take it out of ${got.layer.name}, or update`;
  const remedy = `${where} Claude Code: claude update`;
  if (version === null)
    return [
      warn(
        'metrics-exporter',
        `OTEL_METRICS_EXPORTER is none (set by ${got.layer.name}), and the version of Claude Code is not known`,
        'Versions before 2.1.101 send nothing with it, or do not start.',
        remedy,
      ),
    ];
  if (!isOlder(version, NONE_IS_FINE)) return [];
  const means = isOlder(version, [2, 1, 2])
    ? 'This version does not start with it.'
    : 'This version sends no logs with it.';
  return [fail('metrics-exporter', `OTEL_METRICS_EXPORTER is none, and Claude Code is ${version}`, means, remedy)];
}

/** What Gemini CLI makes of a wrong protocol. */
export function geminiProtocolChecks({ assistant, layers }: Situation): Check[] {
  if (assistant.id !== 'gemini-cli') return [];
  const got = effective(layers, 'GEMINI_TELEMETRY_OTLP_PROTOCOL');
  if (!got || got.value === 'http') return [];
  const means =
    got.value === 'grpc'
      ? 'Nothing arrives, and Gemini CLI says so only on stderr.'
      : 'Gemini CLI does not start with it (exit 52).';
  return [
    fail(
      'protocol',
      `GEMINI_TELEMETRY_OTLP_PROTOCOL is ${got.value}`,
      means,
      'revenium-gemini setup, then open a new terminal',
    ),
  ];
}
