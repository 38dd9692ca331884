import { SETUPS } from '../../assistants/setups.ts';
import { Failure } from '../../errors.ts';
import type { AssistantSetup } from '../../setup/assistant-setup.ts';
import { realDisk } from '../../setup/disk.ts';
import type { FileEdit } from '../../setup/file-edit.ts';
import { actionOf } from '../../setup/file-edit.ts';
import { lookAt } from '../../setup/found.ts';
import { withSetupLock } from '../../setup/lock.ts';
import { pathsOf, shortPath } from '../../setup/machine.ts';
import { findMemory, forget } from '../../setup/memory.ts';
import { placesToLook } from '../../setup/places.ts';
import type { UninstallPlan } from '../../setup/plan-uninstall.ts';
import { planUninstall } from '../../setup/plan-uninstall.ts';
import { probe } from '../../setup/probe.ts';
import { removeEmptyFolders, writeFiles } from '../../setup/write-files.ts';
import type { Context } from '../context.ts';
import { notice, print, printJson } from '../output.ts';
import type { CommandModule, CommonOptions } from '../table.ts';
import { diffOf, shownEdits } from './setup/report.ts';

export interface UninstallOptions extends CommonOptions {
  dryRun?: boolean;
}

export const uninstallCommand = (assistant: AssistantSetup): CommandModule<UninstallOptions> => ({
  run: (options, context) => uninstall(assistant, options, context),
});

async function uninstall(assistant: AssistantSetup, options: UninstallOptions, context: Context): Promise<void> {
  const probed = await probe(context);
  const plan = async (made: readonly string[]): Promise<UninstallPlan> => {
    const found = await lookAt(placesToLook(SETUPS, context, probed), context, realDisk, made);
    return planUninstall(assistant, found, context, probed, SETUPS);
  };
  const preview = await plan([]);
  const memory = await findMemory(assistant, context, realDisk);
  const nothing = preview.edits.length + preview.problems.length + memory.length === 0;
  if (options.dryRun || nothing) {
    report(assistant, options, context, preview, memory);
    return;
  }
  const done = await withSetupLock(context, realDisk, async (made) => {
    const current = await plan(made);
    await writeFiles(current.edits, realDisk, pathsOf(context));
    await forget(memory, assistant, context, realDisk);
    return current;
  });
  await removeEmptyFolders(done.folders, realDisk);
  report(assistant, options, context, done, memory);
  const [problem] = done.problems;
  if (problem) throw new Failure(problem.message, { hint: problem.hint ?? '' });
}

const UNDONE = { create: 'created', change: 'restored', delete: 'deleted', protect: 'restored' } as const;

function report(
  assistant: AssistantSetup,
  { json, dryRun = false }: UninstallOptions,
  context: Context,
  { edits, problems }: UninstallPlan,
  memory: readonly string[],
): void {
  const shown: FileEdit[] = shownEdits(edits, context);
  if (json) {
    const files = [
      ...shown.map((edit) => ({ path: edit.path, action: UNDONE[actionOf(edit)] })),
      ...memory.map((path) => ({ path, action: 'deleted' as const })),
    ];
    printJson(context, { assistant: assistant.id, dryRun, files, problems: problems.map(({ message }) => message) });
    return;
  }
  if (dryRun) for (const edit of shown) print(context, diffOf(edit, shortPath(context, edit.path), []));
  else
    for (const edit of shown) print(context, `  ${UNDONE[actionOf(edit)].padEnd(8)} ${shortPath(context, edit.path)}`);
  for (const path of memory) print(context, `  ${dryRun ? 'delete  ' : 'deleted '} ${shortPath(context, path)}`);
  if (shown.length + memory.length === 0) print(context, `${assistant.label} is not set up here: nothing to do.`);
  else if (dryRun) print(context, 'Nothing was changed: this was a dry run.');
  else {
    print(context, `${assistant.label} is no longer metered from this machine.`);
    if (assistant.profileTag) notice(context, 'Shells that are open keep their variables until they are closed.');
  }
}
