import { maskKeys } from '../../../secrets.ts';
import { shellNamed } from '../../../setup/shells.ts';
import { sourcePath } from '../../../setup/places.ts';
import { shortPath } from '../../../setup/machine.ts';
import { readAttributes } from '../../../setup/resource-attributes.ts';
import type { Check } from './check.ts';
import { fail, ok, warn } from './check.ts';
import type { Effective } from './layers.ts';
import { effective } from './layers.ts';
import type { Situation } from './situation.ts';

/** The values that the assistant really gets, whoever sets them, against those that setup has written. */

interface Difference {
  name: string;
  wanted: string;
  got: Effective | null;
}

/** A key may be among them. */
function shown(name: string, value: string): string {
  if (!/HEADERS|KEY/.test(name)) return value === '' ? 'empty' : value;
  return maskKeys(value, Object.values(readAttributes(value)).concat(value));
}

function differences({ env, layers, machine }: Situation): Difference[] {
  return Object.entries(env.values).flatMap(([name, wanted]) => {
    const got = effective(layers, name);
    // Windows has no empty variables: not set says the same.
    if (got?.value === wanted || (wanted === '' && got === null && machine.platform === 'win32')) return [];
    return [{ name, wanted, got }];
  });
}

function loadCommand({ assistant, machine, shells, env }: Situation): string {
  const shell = shells.map(shellNamed).find((each) => each !== null);
  if (!shell) return `Load ${shortPath(machine, env.path)} in your shell`;
  return shell.load(machine, sourcePath(assistant, shell, machine));
}

const remedyFor = (situation: Situation, { name, got }: Difference): string => {
  const { assistant } = situation;
  if (!got) return `Open a new terminal, or: ${loadCommand(situation)}`;
  const { layer } = got;
  if (layer.kind === 'shell')
    return `Open a new terminal, or: ${loadCommand(situation)}. If ${name} comes back, look for it in your profiles, below the revenium block.`;
  if (layer.kind === 'managed')
    return 'Ask your administrator; "revenium-metering managed-settings" prints what to set.';
  const own = layer.path === assistant.settingsFile?.(situation.machine);
  return own && situation.chosen.settings
    ? `${assistant.binary} setup`
    : `Take "${name}" out of "env" in ${layer.name}`;
};

/** Whether the variables are there at all, and which of them somebody else sets. */
export function valueChecks(situation: Situation): Check[] {
  const { assistant, env, layers } = situation;
  if (!assistant.profileTag) return [];
  const differing = differences(situation);
  const absent = differing.filter(({ got }) => got === null);
  const other = differing.flatMap(({ got, ...rest }) => (got ? [{ ...rest, got }] : []));
  const checks = other.map((difference) => otherValue(situation, difference));
  const [first] = absent;
  if (first && absent.length + other.length === Object.keys(env.values).length)
    return [
      fail(
        'loaded',
        'its variables are not loaded in this shell',
        `${assistant.label}, started from here, sends nothing.`,
        remedyFor(situation, first),
      ),
      ...checks,
    ];
  if (first)
    checks.push(
      fail(
        'loaded',
        `not set in this shell: ${absent.map(({ name }) => name).join(', ')}`,
        'The file has been changed since this shell was started.',
        remedyFor(situation, first),
      ),
    );
  if (checks.length > 0) return checks;
  const by = new Set(Object.keys(env.values).flatMap((name) => effective(layers, name)?.layer.name ?? []));
  return [ok('loaded', `its variables are set, by ${[...by].join(' and ')}`)];
}

/** Under managed settings the rest (whose key, which labels) is the organisation's to say. */
const DECIDES_WHERE = /ENDPOINT|PROTOCOL|EXPORTER$|ENABLE/;

function otherValue(situation: Situation, difference: Difference & { got: Effective }): Check {
  const { assistant } = situation;
  const { name, wanted, got } = difference;
  const { layer, value } = got;
  const says = `${name} is ${shown(name, value)} (set by ${layer.name}), not ${shown(name, wanted)}`;
  const remedy = remedyFor(situation, difference);
  if (layer.kind === 'managed') {
    if (DECIDES_WHERE.test(name))
      return fail('managed-settings', says, `${assistant.label} goes by managed settings.`, remedy);
    return warn(
      'managed-settings',
      says,
      'Your organisation’s settings come before yours.',
      'Nothing to mend, if that is meant',
    );
  }
  if (name.includes('ENDPOINT')) return fail('endpoint', says, `${assistant.label} sends elsewhere.`, remedy);
  const means = name.includes('HEADERS')
    ? `${assistant.label} sends with another key.`
    : `${assistant.label} does not go by what was set up.`;
  return fail('values', says, means, remedy);
}

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
