import type { Failure } from '../errors.ts';
import type { AssistantSetup } from './assistant-setup.ts';
import type { Draft } from './draft.ts';
import { drafted, editsOf, release, startDraft } from './draft.ts';
import { envValues } from './env-plan.ts';
import type { FileEdit } from './file-edit.ts';
import type { Found } from './found.ts';
import type { Machine } from './machine.ts';
import { pathsOf } from './machine.ts';
import type { ProbedFacts } from './places.ts';
import { envPath, factsFrom } from './places.ts';
import { pristineEnv, pristineTwin, profileWithout, settingsWithout } from './pristine.ts';
import type { BlockTag } from './profile-block.ts';
import { damagedBlock, inspectProfile } from './profile-block.ts';
import { decodeProfile } from './profile-text.ts';
import { unshareVariables } from './shared-variables.ts';
import { SHELLS } from './shells.ts';

export interface UninstallPlan {
  edits: FileEdit[];
  /** Folders that setup had made, to go if they are empty then. */
  folders: string[];
  /** Files that had to be left as they are. */
  problems: Failure[];
}

/** Every file as it was before this assistant was set up. What somebody has changed since stays changed. */
export function planUninstall(
  assistant: AssistantSetup,
  found: Found,
  machine: Machine,
  probed: ProbedFacts,
  all: readonly AssistantSetup[],
): UninstallPlan {
  const draft = startDraft(found, machine);
  const own = (name: string): string => pathsOf(machine).join(assistant.folder(machine), name);
  const env = envPath(assistant, machine);
  const settings = assistant.settingsFile?.(machine);
  if (settings && draft.records.has(settings))
    release(draft, settings, assistant.id, settingsWithout(settings, envValues(draft, assistant)));
  const problems = assistant.profileTag ? leaveProfiles(draft, assistant.id, assistant.profileTag, probed) : [];
  const twins = assistant.profileTag ? SHELLS.flatMap(({ twin }) => (twin ? [own(twin)] : [])) : [];
  for (const path of twins) if (drafted(draft, path)) release(draft, path, assistant.id, pristineTwin);
  if (drafted(draft, env)) release(draft, env, assistant.id, pristineEnv(assistant));

  const left = Object.entries(found.manifest.assistants).filter(([id]) => id !== assistant.id);
  const others = all.filter(({ id }) => left.some(([other]) => other === id));
  unshareVariables(draft, assistant, others);
  const assistants = Object.fromEntries(left);
  if (left.length === 0 && problems.length === 0) draft.records.clear();
  const edits = editsOf(draft, assistants);
  return { edits, folders: found.manifest.folders, problems };
}

/** Profiles on record, and any other that holds the block: a manifest may be lost, a dotfile shared by machines. */
function leaveProfiles(draft: Draft, assistant: string, tag: BlockTag, probed: ProbedFacts): Failure[] {
  const { found, machine } = draft;
  const facts = factsFrom(found, probed);
  const known = SHELLS.flatMap((shell) => shell.profiles(machine, facts));
  const everywhere = new Set([...(found.manifest.assistants[assistant]?.profiles ?? []), ...known]);
  return [...everywhere].flatMap((path) => {
    const file = found.files.get(path);
    if (!file?.bytes) return [];
    const { damagedAt, lines } = inspectProfile(decodeProfile(file.bytes).text);
    if (damagedAt !== null) return [damagedBlock(path, damagedAt)];
    if (lines[tag] !== undefined || draft.records.get(path)?.for.includes(assistant))
      release(draft, path, assistant, profileWithout([tag]));
    return [];
  });
}
