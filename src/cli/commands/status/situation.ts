import { SETUPS } from '../../../assistants/setups.ts';
import type { AssistantSetup } from '../../../setup/assistant-setup.ts';
import type { Disk } from '../../../setup/disk.ts';
import type { EnvRecord } from '../../../setup/env-file.ts';
import { readEnvFile } from '../../../setup/env-file.ts';
import type { Found, FoundFile } from '../../../setup/found.ts';
import { lookAt } from '../../../setup/found.ts';
import type { Machine } from '../../../setup/machine.ts';
import { envPath, factsFrom, placesToLook } from '../../../setup/places.ts';
import type { ProbedFacts } from '../../../setup/places.ts';
import type { ShellName } from '../../../setup/shells.ts';
import { shellNamed } from '../../../setup/shells.ts';
import { readLayers } from './layers.ts';
import type { Layer } from './layers.ts';

/** All that the checks of files and variables look at. */
export interface Situation {
  assistant: AssistantSetup;
  machine: Machine;
  found: Found;
  env: { path: string; file: FoundFile; values: EnvRecord };
  /** Where setup has put it. */
  chosen: { profiles: string[]; settings: boolean };
  shells: readonly ShellName[];
  /** Profiles of the shells in use, whether setup has been there or not. */
  profiles: string[];
  layers: readonly Layer[];
}

export interface Surroundings {
  probed: ProbedFacts;
  shells: readonly ShellName[];
}

const NO_FILE: FoundFile = { bytes: null, mode: null, trouble: null };

export async function readSituation(
  assistant: AssistantSetup,
  machine: Machine,
  disk: Disk,
  { probed, shells }: Surroundings,
): Promise<Situation> {
  const found = await lookAt(placesToLook(SETUPS, machine, probed), machine, disk);
  const path = envPath(assistant, machine);
  const file = found.files.get(path) ?? NO_FILE;
  const facts = factsFrom(found, probed);
  const inUse = shells.flatMap((name) => shellNamed(name)?.profiles(machine, facts) ?? []);
  const chosen = found.manifest.assistants[assistant.id] ?? { profiles: [], settings: false };
  return {
    assistant,
    machine,
    found,
    env: { path, file, values: readEnvFile(file.bytes?.toString('utf8') ?? '') },
    chosen,
    shells,
    profiles: [...new Set([...chosen.profiles, ...inUse])],
    layers: await readLayers(assistant, machine, disk),
  };
}

export interface Target {
  endpoint: string;
  apiKey: string;
  cursorApiKey: string | null;
  /** Managed settings say so; null: setup has. */
  by: Layer | null;
}

/** Where usage is to go: as setup has written it, else as an administrator has. */
export function targetOf({ assistant, env, layers }: Situation): Target | null {
  const managed = layers.filter(({ kind }) => kind === 'managed').toReversed();
  for (const by of [null, ...managed]) {
    const { endpoint, apiKey, cursorApiKey } = assistant.answers(by ? by.values : env.values);
    if (endpoint && apiKey) return { endpoint, apiKey, cursorApiKey: cursorApiKey ?? null, by };
  }
  return null;
}
