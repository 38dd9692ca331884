import type { Answers, AssistantSetup } from '../../../setup/assistant-setup.ts';
import type { Found } from '../../../setup/found.ts';
import type { ProbedFacts } from '../../../setup/places.ts';
import type { SetupRequest } from '../../../setup/plan-setup.ts';
import type { ShellName } from '../../../setup/shells.ts';
import { shellNamed } from '../../../setup/shells.ts';
import type { Context } from '../../context.ts';
import type { KeyCheck } from '../../endpoint-client.ts';
import type { SetupOptions } from './options.ts';

/** One run of `setup`: what was found, and what was decided. */
export interface SetupRun {
  assistant: AssistantSetup;
  options: SetupOptions;
  context: Context;
  found: Found;
  probed: ProbedFacts;
  /** Those whose profiles setup would edit, and nushell, which is told what to add. */
  shells: ShellName[];
}

/** What was answered, and decided with it. */
export interface Decided {
  answers: Answers;
  /** null: not asked (`--skip-check`). */
  key: KeyCheck | null;
  settings: boolean;
}

/** What is to be planned. */
export function requestOf(
  { assistant, options, shells, found }: SetupRun,
  answers: Answers,
  chosen: boolean,
): SetupRequest {
  const settings = assistant.settingsFile !== null && chosen;
  const stays = assistant.settingsFile !== null && (found.manifest.assistants[assistant.id]?.settings ?? false);
  // The settings file stands in for the shell, unless a shell is named beside it.
  const inUse = shells.flatMap((name) => shellNamed(name) ?? []);
  const skip = (options.skipShellUpdate ?? false) || ((settings || stays) && options.shell === undefined);
  return {
    assistant,
    answers,
    settings,
    shells: skip ? [] : inUse,
    byHand: options.skipShellUpdate ? inUse : [],
    leaveProfiles: settings && options.shell === undefined,
  };
}
