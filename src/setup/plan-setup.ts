import type { Answers, AssistantSetup } from './assistant-setup.ts';
import type { Draft } from './draft.ts';
import { drafted, editsOf, put, record, release, startDraft } from './draft.ts';
import { envValues, writeSettings, writeVariables } from './env-plan.ts';
import type { FileEdit } from './file-edit.ts';
import { SECRET_MODE } from './file-edit.ts';
import type { Found } from './found.ts';
import type { Machine } from './machine.ts';
import type { ProbedFacts } from './places.ts';
import { factsFrom, sourcePath } from './places.ts';
import { pristineProfile, pristineTwin, profileWithout } from './pristine.ts';
import { damagedBlock, inspectProfile } from './profile-block.ts';
import { setBlockLine } from './profile-edit.ts';
import { decodeProfile } from './profile-text.ts';
import { shareVariables } from './shared-variables.ts';
import type { Shell } from './shells.ts';
import { twinText } from './twins.ts';

export interface SetupRequest {
  assistant: AssistantSetup;
  answers: Answers;
  /** Shells whose profiles are to load the variables. */
  shells: readonly Shell[];
  /** Shells that a person makes load them; what they source is written, their profiles are not. */
  byHand: readonly Shell[];
  /** The assistant's own settings file carries the variables. */
  settings: boolean;
  /** Profiles stop loading them. */
  leaveProfiles: boolean;
}

export interface SetupPlan {
  edits: FileEdit[];
  /** Things to be told about two assistants in one shell. */
  notes: string[];
  /** Profiles that load the variables once the plan is carried out. */
  profiles: string[];
  settings: boolean;
}

/** What has to change on this machine; decides all, touches nothing. Throws a `Failure` for a file it must not touch. */
export function planSetup(
  request: SetupRequest,
  found: Found,
  machine: Machine,
  probed: ProbedFacts,
  all: readonly AssistantSetup[],
): SetupPlan {
  const { assistant, answers } = request;
  const draft = startDraft(found, machine);
  const old = found.manifest.assistants[assistant.id] ?? { profiles: [], settings: false };
  const settings = request.settings || old.settings;
  const facts = factsFrom(found, probed);
  const shells = assistant.profileTag ? request.shells : [];
  const wanted = shells.flatMap((shell) => shell.profiles(machine, facts).map((path) => ({ path, shell })));
  const kept = request.leaveProfiles ? [] : old.profiles;
  const profiles = [...new Set([...kept, ...wanted.map(({ path }) => path)])];
  const assistants = { ...found.manifest.assistants, [assistant.id]: { profiles, settings } };

  const variables = assistant.variables(answers, envValues(draft, assistant));
  writeVariables(draft, assistant, variables);
  const notes = shareVariables(draft, assistant, answers, assistants, all);
  for (const shell of [...shells, ...(assistant.profileTag ? request.byHand : [])]) writeTwin(draft, assistant, shell);
  for (const { path, shell } of wanted) addToProfile(draft, assistant, path, shell);
  for (const path of old.profiles) if (!profiles.includes(path)) dropFromProfile(draft, assistant, path);
  if (settings) writeSettings(draft, assistant, variables);
  return { edits: editsOf(draft, assistants), notes, profiles, settings };
}

function writeTwin(draft: Draft, assistant: AssistantSetup, shell: Shell): void {
  if (!shell.twin) return;
  const path = sourcePath(assistant, shell, draft.machine);
  put(draft, path, Buffer.from(twinText(shell.twin)), SECRET_MODE);
  record(draft, path, assistant.id, pristineTwin);
}

function addToProfile(draft: Draft, assistant: AssistantSetup, path: string, shell: Shell): void {
  const { machine } = draft;
  const tag = assistant.profileTag;
  if (!tag) return;
  const source = sourcePath(assistant, shell, machine);
  const bytes = drafted(draft, path);
  const { text, own, encode } = decodeProfile(bytes ?? Buffer.alloc(0));
  const { damagedAt } = inspectProfile(text);
  if (damagedAt !== null) throw damagedBlock(path, damagedAt);
  // POSIX shells take a carriage return for part of a word, so that only PowerShell gets one.
  const windows = bytes ? text.includes('\r\n') : machine.platform === 'win32';
  const eol = shell.id === 'powershell' && windows ? '\r\n' : '\n';
  put(draft, path, encode(setBlockLine(text, tag, own(shell.load(machine, source)), eol)));
  record(draft, path, assistant.id, pristineProfile(tag));
}

function dropFromProfile(draft: Draft, assistant: AssistantSetup, path: string): void {
  if (assistant.profileTag) release(draft, path, assistant.id, profileWithout([assistant.profileTag]));
}
