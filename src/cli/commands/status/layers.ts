import { maskKeys } from '../../../secrets.ts';
import type { AssistantSetup } from '../../../setup/assistant-setup.ts';
import type { Disk } from '../../../setup/disk.ts';
import type { EnvRecord } from '../../../setup/env-file.ts';
import { readJsonEnv } from '../../../setup/json-env.ts';
import { readAttributes } from '../../../setup/resource-attributes.ts';
import type { Machine } from '../../../setup/machine.ts';
import { pathsOf, shortPath } from '../../../setup/machine.ts';

/** Somewhere that sets variables for an assistant. */
export interface Layer {
  kind: 'shell' | 'user' | 'project' | 'managed';
  name: string;
  /** null: not a file. */
  path: string | null;
  values: EnvRecord;
}

/** Values of variables as an assistant will see them, with who says so. */
export interface Effective {
  value: string;
  layer: Layer;
}

const shellLayer = ({ env }: Machine): Layer => ({
  kind: 'shell',
  name: 'this shell',
  path: null,
  values: Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined)),
});

/** Files that an administrator controls, weakest first; the console's copy is used instead of the machine's. */
function managedPaths(assistant: AssistantSetup, machine: Machine): string[] {
  const fromConsole = pathsOf(machine).join(assistant.folder(machine), 'remote-settings.json');
  return [...(ON_MACHINE[machine.platform] ?? LINUX), fromConsole];
}

const LINUX = ['/etc/claude-code/managed-settings.json'];
const ON_MACHINE: Readonly<Partial<Record<NodeJS.Platform, string[]>>> = {
  darwin: ['/Library/Application Support/ClaudeCode/managed-settings.json'],
  // Where older versions looked, and where newer ones do.
  win32: ['C:\\ProgramData\\ClaudeCode\\managed-settings.json', 'C:\\Program Files\\ClaudeCode\\managed-settings.json'],
};

async function fileLayer(disk: Disk, machine: Machine, kind: Layer['kind'], path: string): Promise<Layer[]> {
  try {
    const values = readJsonEnv(Buffer.from(await disk.readFile(path)), path);
    return [{ kind, name: shortPath(machine, path), path, values }];
  } catch {
    // Missing, unreadable or no JSON: it sets nothing.
    return [];
  }
}

/** Who sets variables for this assistant here, weakest first. */
export async function readLayers(assistant: AssistantSetup, machine: Machine, disk: Disk): Promise<Layer[]> {
  const shell = shellLayer(machine);
  if (!assistant.settingsFile) return [shell];
  const project = (name: string): string => pathsOf(machine).join(machine.cwd, '.claude', name);
  const files: [Layer['kind'], string][] = [
    ['user', assistant.settingsFile(machine)],
    ['project', project('settings.json')],
    ['project', project('settings.local.json')],
    ...managedPaths(assistant, machine).map((path): [Layer['kind'], string] => ['managed', path]),
  ];
  const unique = files.filter(([, path], i) => files.findIndex(([, other]) => other === path) === i);
  const read = await Promise.all(unique.map(([kind, path]) => fileLayer(disk, machine, kind, path)));
  return [shell, ...read.flat()];
}

export function effective(layers: readonly Layer[], name: string): Effective | null {
  for (const layer of layers.toReversed()) {
    const value = layer.values[name];
    if (value !== undefined) return { value, layer };
  }
  return null;
}

/** A variable's value for people's eyes: a key may be among them. */
export function shown(name: string, value: string): string {
  if (!/HEADERS|KEY/.test(name)) return value === '' ? 'empty' : value;
  return maskKeys(value, Object.values(readAttributes(value)).concat(value));
}
