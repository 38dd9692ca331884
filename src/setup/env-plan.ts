import type { AssistantSetup, Variables } from './assistant-setup.ts';
import type { Draft } from './draft.ts';
import { drafted, put, record } from './draft.ts';
import type { EnvRecord } from './env-file.ts';
import { editEnvFile, readEnvFile } from './env-file.ts';
import { SECRET_MODE } from './file-edit.ts';
import { foundFile } from './found.ts';
import { editJsonEnv } from './json-env.ts';
import { envPath } from './places.ts';
import { pristineEnv, settingsWithout } from './pristine.ts';
import { decodeProfile } from './profile-text.ts';

/** What an assistant's env file sets, as drafted so far. */
export function envValues(draft: Draft, assistant: AssistantSetup): EnvRecord {
  return readEnvFile(drafted(draft, envPath(assistant, draft.machine))?.toString('utf8') ?? '');
}

/** Drafts variables into an assistant's env file. */
export function writeVariables(draft: Draft, assistant: AssistantSetup, variables: Variables): void {
  const path = envPath(assistant, draft.machine);
  const bytes = drafted(draft, path);
  const { text, own, encode } = decodeProfile(bytes ?? Buffer.alloc(0));
  const header = `${assistant.label}, metered. Written by "${assistant.binary} setup", which keeps what you add.`;
  const pairs = Object.entries(variables);
  const values = pairs.flatMap(([name, value]) => (value === null ? [] : [[name, own(value)] as const]));
  const unset = pairs.flatMap(([name, value]) => (value === null ? [name] : []));
  const after = editEnvFile(bytes ? text : null, own(header), Object.fromEntries(values), unset);
  put(draft, path, encode(after), SECRET_MODE);
  record(draft, path, assistant.id, pristineEnv(assistant));
}

/** Drafts the env file's variables into the assistant's own settings; `variables` names those to take out (null). */
export function writeSettings(draft: Draft, assistant: AssistantSetup, variables: Variables = {}): void {
  const path = assistant.settingsFile?.(draft.machine);
  if (!path) return;
  const old = foundFile(draft.found, envPath(assistant, draft.machine)).bytes;
  const values = { ...variables, ...envValues(draft, assistant) };
  put(draft, path, editJsonEnv(drafted(draft, path), path, values), SECRET_MODE);
  record(draft, path, assistant.id, settingsWithout(path, readEnvFile(old?.toString('utf8') ?? '')));
}
