import { SETUPS } from '../../../assistants/setups.ts';
import type { Answers, AssistantSetup } from '../../../setup/assistant-setup.ts';
import { realDisk } from '../../../setup/disk.ts';
import type { Found } from '../../../setup/found.ts';
import { lookAt } from '../../../setup/found.ts';
import { withSetupLock } from '../../../setup/lock.ts';
import { pathsOf } from '../../../setup/machine.ts';
import type { ProbedFacts } from '../../../setup/places.ts';
import { placesToLook } from '../../../setup/places.ts';
import type { SetupPlan, SetupRequest } from '../../../setup/plan-setup.ts';
import { planSetup } from '../../../setup/plan-setup.ts';
import { probe } from '../../../setup/probe.ts';
import { readAncestry, shellsInUse } from '../../../setup/shell-detection.ts';
import type { ShellName } from '../../../setup/shells.ts';
import { shellNamed } from '../../../setup/shells.ts';
import { writeFiles } from '../../../setup/write-files.ts';
import type { Context } from '../../context.ts';
import type { KeyCheck } from '../../endpoint-client.ts';
import { checkKey } from '../../endpoint-client.ts';
import { canPrompt } from '../../prompt.ts';
import type { CommandModule } from '../../table.ts';
import { acceptKey, acceptVendorKey } from './key-problem.ts';
import { checkAnswers, gather, missingFields } from './options.ts';
import type { SetupOptions } from './options.ts';
import { reportDryRun, reportSetup } from './report.ts';

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

export const setupCommand = (assistant: AssistantSetup): CommandModule<SetupOptions> => ({
  run: (options, context) => setup(assistant, options, context),
});

async function setup(assistant: AssistantSetup, options: SetupOptions, context: Context): Promise<void> {
  const probed = await probe(context);
  const found = await lookAt(placesToLook(SETUPS, context, probed), context, realDisk);
  const shells = assistant.profileTag ? await chooseShells(options, context) : [];
  const run: SetupRun = { assistant, options, context, found, probed, shells };
  const { answers, key, settings } = await answersFor(run);
  const request = requestOf(run, answers, settings);
  const preview = planSetup(request, found, context, probed, SETUPS);
  if (options.dryRun) {
    await reportDryRun(run, answers, preview);
    return;
  }
  const plan = await carryOut(request, run);
  await reportSetup(run, answers, key, plan);
}

async function chooseShells({ shell }: SetupOptions, context: Context): Promise<ShellName[]> {
  return shell ? [shell] : shellsInUse(await readAncestry(context), context);
}

export interface Decided {
  answers: Answers;
  /** null: not asked (`--skip-check`). */
  key: KeyCheck | null;
  settings: boolean;
}

async function answersFor(run: SetupRun): Promise<Decided> {
  const { assistant, options, context, found } = run;
  const given = gather(options, assistant, found, context);
  if (missingFields(assistant, given).length > 0 && canPrompt(context)) {
    const { runWizard } = await import('./wizard.ts');
    return await runWizard(run, given);
  }
  const answers = checkAnswers(given, assistant, options.insecure ?? false);
  const key = options.skipCheck || options.dryRun ? null : await checkKey(answers, context);
  if (key) acceptKey(key, answers.endpoint, context);
  if (key && answers.cursorApiKey !== null) await acceptVendorKey(answers.cursorApiKey, context);
  return { answers, key, settings: options.claudeSettings ?? false };
}

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

/** Looks and plans again under the lock: between the preview and now anything may have happened. */
async function carryOut(request: SetupRequest, { context, probed }: SetupRun): Promise<SetupPlan> {
  return await withSetupLock(context, realDisk, async (made) => {
    const found = await lookAt(placesToLook(SETUPS, context, probed), context, realDisk, made);
    const plan = planSetup(request, found, context, probed, SETUPS);
    await writeFiles(plan.edits, realDisk, pathsOf(context));
    return plan;
  });
}
