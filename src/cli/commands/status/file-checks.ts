import { diskFailure } from '../../../setup/disk.ts';
import { SECRET_MODE } from '../../../setup/file-edit.ts';
import { readJsonEnv } from '../../../setup/json-env.ts';
import { shortPath } from '../../../setup/machine.ts';
import { inspectProfile } from '../../../setup/profile-block.ts';
import type { BlockTag } from '../../../setup/profile-block.ts';
import { decodeProfile } from '../../../setup/profile-text.ts';
import { SHELLS } from '../../../setup/shells.ts';
import { twinText } from '../../../setup/twins.ts';
import { pathsOf } from '../../../setup/machine.ts';
import type { Check } from './check.ts';
import { fail, info, ok } from './check.ts';
import type { Situation } from './situation.ts';
import { targetOf } from './situation.ts';

const again = ({ assistant }: Situation): string => `${assistant.binary} setup`;

/** The env file: there, complete, and for its owner's eyes only. */
export function envFileCheck(situation: Situation): Check {
  const { assistant, machine, env } = situation;
  const shown = shortPath(machine, env.path);
  const unset = `Nothing of ${assistant.label} is metered from this machine.`;
  const target = targetOf(situation);
  if (target?.by) return ok('managed-settings', `not set up by hand; ${target.by.name} sends to ${target.endpoint}`);
  if (env.file.trouble)
    return fail('env-file', diskFailure(env.file.trouble, 'cannot read', shown).message, unset, again(situation));
  if (!env.file.bytes) return fail('env-file', `there is no ${shown}`, unset, again(situation));
  if (target === null) return fail('env-file', `${shown} names no endpoint and key`, unset, again(situation));
  const mode = env.file.mode ?? SECRET_MODE;
  if (machine.platform !== 'win32' && (mode & 0o077) !== 0)
    return fail(
      'env-file',
      `${shown} can be read by others (mode ${mode.toString(8).padStart(4, '0')})`,
      'Whoever has an account on this machine can read your key.',
      `chmod 600 ${shown}`,
    );
  return ok('env-file', `${shown} is there, and only you can read it`);
}

function stateOf(situation: Situation, path: string) {
  const bytes = situation.found.files.get(path)?.bytes ?? null;
  return inspectProfile(bytes ? decodeProfile(bytes).text : '');
}

/** The block in the shells' profiles. */
export function profileChecks(situation: Situation): Check[] {
  const { assistant, machine, chosen, profiles } = situation;
  const tag = assistant.profileTag;
  if (!tag) return [];
  const states = profiles.map((path) => ({ path, shown: shortPath(machine, path), ...stateOf(situation, path) }));
  const damaged = states.flatMap(({ shown, damagedAt }) =>
    damagedAt === null
      ? []
      : fail(
          'profile',
          `${shown}: line ${damagedAt} is half of a revenium block`,
          'Setup does not touch a profile whose block is damaged.',
          `Delete line ${damagedAt} of ${shown}, then: ${again(situation)}`,
        ),
  );
  const legacy = states.flatMap(({ shown, legacy: tags }) => (tags.includes(tag) ? legacyCheck(situation, shown) : []));
  const missing = states.filter(
    ({ path, lines, damagedAt }) => damagedAt === null && chosen.profiles.includes(path) && !lines[tag],
  );
  const lost = missing.map(({ shown }) =>
    fail('profile', `${shown} no longer loads it`, 'New shells will not be metered.', again(situation)),
  );
  const problems = [...damaged, ...legacy, ...lost];
  return problems.length > 0 ? problems : [presentCheck(situation, tag, states)];
}

const legacyCheck = (situation: Situation, shown: string): Check =>
  fail(
    'profile',
    `${shown} holds the block of an older package`,
    'Two blocks set the same variables, and the later one wins.',
    again(situation),
  );

function presentCheck(
  { assistant, machine, env, chosen, shells }: Situation,
  tag: BlockTag,
  states: readonly { shown: string; lines: Partial<Record<BlockTag, string>> }[],
): Check {
  const loading = states.filter(({ lines }) => lines[tag]).map(({ shown }) => shown);
  if (loading.length > 0) return ok('profile', `${loading.join(' and ')} ${loading.length > 1 ? 'load' : 'loads'} it`);
  if (chosen.settings) return info('profile', 'no shell profile loads it; its own settings file does instead');
  if (!env.file.bytes) return info('profile', 'no shell profile loads it');
  return info(
    'profile',
    `no profile of ${shells.join(' or ')} loads it`,
    `That is as it should be if you load ${shortPath(machine, env.path)} by other means; else run "${assistant.binary} setup".`,
  );
}

/** Copies of the env file's values, and the scripts that read it. */
export function copyChecks(situation: Situation): Check[] {
  const { assistant, machine, found, env, chosen } = situation;
  const settings = chosen.settings ? assistant.settingsFile?.(machine) : undefined;
  const checks: Check[] = [];
  for (const { twin } of SHELLS) {
    const path = twin && pathsOf(machine).join(assistant.folder(machine), twin);
    const bytes = path ? found.files.get(path)?.bytes : null;
    if (path && twin && bytes && assistant.profileTag && bytes.toString('utf8') !== twinText(twin))
      checks.push(
        fail(
          'twin',
          `${shortPath(machine, path)} is not what setup writes`,
          'Its shell may set other values.',
          again(situation),
        ),
      );
  }
  if (!settings) return checks;
  const shown = shortPath(machine, settings);
  try {
    const values = readJsonEnv(found.files.get(settings)?.bytes ?? null, shown);
    const differing = Object.keys(env.values).filter((name) => values[name] !== env.values[name]);
    if (differing.length === 0)
      return [...checks, ok('claude-settings', `${shown} sets the same as ${shortPath(machine, env.path)}`)];
    const says = `${shown} differs from ${shortPath(machine, env.path)} in ${differing.join(', ')}`;
    return [...checks, fail('claude-settings', says, `${assistant.label} goes by its settings.`, again(situation))];
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return [
      ...checks,
      fail('claude-settings', says, `${assistant.label} cannot read its settings either.`, `Mend ${shown}`),
    ];
  }
}
