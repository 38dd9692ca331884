import { SETUPS } from '../../../assistants/setups.ts';
import { Interrupted } from '../../../errors.ts';
import type { Answers } from '../../../setup/assistant-setup.ts';
import { actionOf } from '../../../setup/file-edit.ts';
import { shortPath } from '../../../setup/machine.ts';
import { planSetup } from '../../../setup/plan-setup.ts';
import { outputOf } from '../../../setup/shell-detection.ts';
import type { KeyCheck } from '../../endpoint-client.ts';
import { checkKey } from '../../endpoint-client.ts';
import { notice } from '../../output.ts';
import { ask } from '../../prompt.ts';
import { pairs, styleOf } from '../../style.ts';
import { askCursor, vendorProblem } from '../vendor-key.ts';
import { keyNotice, keyProblem } from './key-problem.ts';
import type { Given } from './options.ts';
import { checkAnswers } from './options.ts';
import { askFor, askForSettings, askWhatNow } from './questions.ts';
import { answerRows, shownEdits } from './report.ts';
import type { Decided, SetupRun } from './setup-run.ts';
import { requestOf } from './setup-run.ts';

/** Asks for what has not been said, shows what would be written, and asks once more. Ctrl-C leaves nothing behind. */
export async function runWizard(run: SetupRun, given: Given): Promise<Decided> {
  const { assistant, context, options } = run;
  const said: Given['said'] = { ...given.said };
  const known: Given['known'] = { ...given.known, email: given.known.email ?? (await gitEmail(run)) ?? '' };
  notice(context, `Setting up metering of ${assistant.label}. Nothing is written before you have seen what.\n`);
  for (const field of assistant.fields) said[field] ??= await askFor(field, known[field] ?? '', run);
  const key = await settleKey(run, said);
  await settleVendorKey(run, said);
  const answers = checkAnswers({ said, known: {} }, assistant, options.insecure ?? false);
  const settings = options.claudeSettings ?? (await askForSettings(run));
  if (!options.dryRun) await confirm(run, answers, key, settings);
  return { answers, key, settings };
}

async function gitEmail({ context }: SetupRun): Promise<string | null> {
  const answer = (await outputOf('git', ['config', 'user.email'], context))?.trim();
  return answer?.includes('@') ? answer : null;
}

/** Checks the key where it is to be sent, and nowhere else; one that will not do is asked for again. */
async function settleKey(run: SetupRun, said: Given['said']): Promise<KeyCheck | null> {
  const { assistant, context, options } = run;
  if (options.skipCheck) return null;
  for (;;) {
    const { apiKey, endpoint } = checkAnswers({ said, known: {} }, assistant, options.insecure ?? false);
    const key = await checkKey({ apiKey, endpoint }, context);
    const problem = keyProblem(key);
    if (!problem) {
      const remark = keyNotice(key, endpoint);
      if (remark !== null) notice(context, remark);
      return key;
    }
    notice(context, styleOf(context).red(`${endpoint} ${problem.says}.`));
    const next = await askWhatNow(run, problem.final);
    if (next === null) return null;
    if (next !== 'again') said[next] = await askFor(next, next === 'endpoint' ? endpoint : '', run);
  }
}

/** The same for the vendor's own key. */
async function settleVendorKey(run: SetupRun, said: Given['said']): Promise<void> {
  const { context, options } = run;
  while (said.cursorApiKey !== undefined && !options.skipCheck) {
    const problem = vendorProblem(await askCursor(said.cursorApiKey.trim(), context));
    if (problem) notice(context, styleOf(context).red(`${problem.says}. ${problem.hint}`));
    if (!problem?.final) return;
    said.cursorApiKey = await askFor('cursorApiKey', '', run);
  }
}

async function confirm(run: SetupRun, answers: Answers, key: KeyCheck | null, settings: boolean): Promise<void> {
  const { assistant, context, found, probed } = run;
  const plan = planSetup(requestOf(run, answers, settings), found, context, probed, SETUPS);
  notice(context);
  for (const line of pairs(answerRows(assistant, answers, key))) notice(context, line);
  notice(context);
  for (const edit of shownEdits(plan.edits, context))
    notice(context, `  ${actionOf(edit).padEnd(8)} ${shortPath(context, edit.path)}`);
  for (const note of plan.notes) notice(context, `\n  ${note}`);
  if (plan.profiles.length > 0)
    notice(context, '\n  Every program that is started from that shell sees these variables, the key included.');
  notice(context);
  const yes = await ask(context, (prompts, given) => prompts.confirm({ message: 'Write this?', default: true }, given));
  if (!yes) throw new Interrupted('nothing was changed');
}
