import { shellNamed } from '../../../setup/shells.ts';
import { sourcePath } from '../../../setup/places.ts';
import { shortPath } from '../../../setup/machine.ts';
import type { Check } from './check.ts';
import { fail, ok, warn } from './check.ts';
import type { Effective } from './layers.ts';
import { effective, shown } from './layers.ts';
import type { Situation } from './situation.ts';

/** The values that the assistant really gets, whoever sets them, against those that setup has written. */

interface Difference {
  name: string;
  wanted: string;
  got: Effective | null;
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
