import { SETUPS } from '../../../assistants/setups.ts';
import type { AssistantSetup } from '../../../setup/assistant-setup.ts';
import { realDisk } from '../../../setup/disk.ts';
import { lookAt } from '../../../setup/found.ts';
import { withSetupLock } from '../../../setup/lock.ts';
import { pathsOf } from '../../../setup/machine.ts';
import { placesToLook } from '../../../setup/places.ts';
import type { SetupPlan, SetupRequest } from '../../../setup/plan-setup.ts';
import { planSetup } from '../../../setup/plan-setup.ts';
import { probe } from '../../../setup/probe.ts';
import { readAncestry, shellsInUse } from '../../../setup/shell-detection.ts';
import type { ShellName } from '../../../setup/shells.ts';
import { writeFiles } from '../../../setup/write-files.ts';
import type { Context } from '../../context.ts';
import { checkKey } from '../../endpoint-client.ts';
import { canPrompt } from '../../prompt.ts';
import type { CommandModule } from '../../table.ts';
import { acceptKey, acceptVendorKey } from './key-problem.ts';
import { checkAnswers, gather, missingFields } from './options.ts';
import type { SetupOptions } from './options.ts';
import { reportDryRun, reportSetup } from './report.ts';
import type { Decided, SetupRun } from './setup-run.ts';
import { requestOf } from './setup-run.ts';

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

/** Looks and plans again under the lock: between the preview and now anything may have happened. */
async function carryOut(request: SetupRequest, { context, probed }: SetupRun): Promise<SetupPlan> {
  return await withSetupLock(context, realDisk, async (made) => {
    const found = await lookAt(placesToLook(SETUPS, context, probed), context, realDisk, made);
    const plan = planSetup(request, found, context, probed, SETUPS);
    await writeFiles(plan.edits, realDisk, pathsOf(context));
    return plan;
  });
}
