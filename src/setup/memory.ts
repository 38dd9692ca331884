import type { AssistantSetup } from './assistant-setup.ts';
import type { Disk } from './disk.ts';
import type { Machine } from './machine.ts';
import { pathsOf, stateFolder } from './machine.ts';

/**
 * What the other commands of an assistant keep on this machine: which files they have read, what has been delivered.
 * All of it can be found out anew, so that it goes with the assistant.
 */
export async function findMemory(assistant: AssistantSetup, machine: Machine, disk: Disk): Promise<string[]> {
  const paths = pathsOf(machine);
  const folders = [
    { folder: paths.join(stateFolder(machine), assistant.id), names: /^/ },
    ...(assistant.memory ? [{ folder: assistant.folder(machine), names: assistant.memory }] : []),
  ];
  const found = await Promise.all(
    folders.map(async ({ folder, names }) => {
      const all = await disk.readdir(folder).catch((): string[] => []);
      return all.filter((name) => names.test(name)).map((name) => paths.join(folder, name));
    }),
  );
  return found.flat().sort();
}

/** Takes it away, and the folders of it that are empty then. */
export async function forget(
  memory: readonly string[],
  assistant: AssistantSetup,
  machine: Machine,
  disk: Disk,
): Promise<void> {
  for (const path of memory) await disk.rm(path, { recursive: true, force: true });
  const folders = [pathsOf(machine).join(stateFolder(machine), assistant.id)];
  // A sync that goes by the environment alone makes its folder without setup.
  if (assistant.memory) folders.push(assistant.folder(machine));
  for (const folder of folders) await disk.rmdir(folder).catch(() => undefined);
}
