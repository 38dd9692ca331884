import type { Inspected } from '../../../assistants/cursor/sync/state-file.ts';
import { StateFile } from '../../../assistants/cursor/sync/state-file.ts';
import type { SyncState } from '../../../assistants/cursor/sync/sync-state.ts';
import { deliveredToMs } from '../../../assistants/cursor/sync/sync-state.ts';
import { UsageError } from '../../../errors.ts';
import { shortPath } from '../../../setup/machine.ts';
import type { Context } from '../../context.ts';
import { print, printJson } from '../../output.ts';
import { ask, canPrompt } from '../../prompt.ts';
import type { CommonOptions } from '../../table.ts';
import { lockSync, syncFolder } from './session.ts';

export interface ResetOptions extends CommonOptions {
  yes?: boolean;
}

/** Forgets what was delivered; what the endpoint has stays there, and is delivered again without counting twice. */
export async function run(options: ResetOptions, context: Context): Promise<void> {
  const file = new StateFile(syncFolder(context));
  const nothing = ({ state, damaged }: Pick<Inspected, 'state' | 'damaged'>): boolean => !state && !damaged;
  // A lock would make the folder, where there is none.
  if (nothing(await file.inspect())) {
    sayNothing(options, context);
    return;
  }
  const lock = await lockSync(context);
  try {
    const { state, damaged } = await file.inspect();
    if (nothing({ state, damaged })) {
      sayNothing(options, context);
      return;
    }
    const shown = shortPath(context, file.path);
    const what = state ? summary(state) : null;
    if (!options.json) for (const line of linesOf(shown, what)) print(context, line);
    if (!(await agreed(options, context))) return;
    await lock.check();
    await file.remove();
    if (options.json) printJson(context, { forgotten: what ?? 'damaged' });
    else print(context, 'Forgotten.');
  } finally {
    await lock.release();
  }
}

function sayNothing({ json }: ResetOptions, context: Context): void {
  if (json) printJson(context, { forgotten: null });
  else print(context, 'There is nothing to forget: no sync has run yet.');
}

interface Summary {
  hours: number;
  rows: number;
  deliveredTo: string | null;
  lastSuccess: string | null;
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function summary(state: SyncState): Summary {
  const hours = Object.values(state.hours);
  return {
    hours: hours.length,
    rows: hours.reduce((sum, { count }) => sum + count, 0),
    deliveredTo: iso(deliveredToMs(state)),
    lastSuccess: iso(state.runs.lastSuccessMs),
  };
}

function linesOf(file: string, what: Summary | null): string[] {
  const after =
    'The next sync reads the last 35 days again. Nothing is removed at the endpoint, and nothing counts twice.';
  if (!what) return [`This forgets ${file}, which is damaged or of another release.`, after];
  const { hours, rows, deliveredTo, lastSuccess } = what;
  return [
    `This forgets ${file}:`,
    `  ${hours} hours with ${rows} rows known to be delivered, up to ${deliveredTo ?? '–'}`,
    `  the last success at ${lastSuccess ?? '–'}, and the totals`,
    after,
  ];
}

async function agreed({ yes }: ResetOptions, context: Context): Promise<boolean> {
  if (yes) return true;
  if (!canPrompt(context)) throw new UsageError('reset must be confirmed', { hint: 'Add --yes.' });
  return await ask(context, (prompts, settings) =>
    prompts.confirm({ message: 'Forget it?', default: false }, settings),
  );
}
