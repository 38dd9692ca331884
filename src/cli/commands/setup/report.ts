import { createTwoFilesPatch } from 'diff';
import type { Answers, AssistantSetup } from '../../../setup/assistant-setup.ts';
import { actionOf } from '../../../setup/file-edit.ts';
import type { EditAction, FileEdit } from '../../../setup/file-edit.ts';
import { shortPath } from '../../../setup/machine.ts';
import type { Machine } from '../../../setup/machine.ts';
import { manifestPath } from '../../../setup/manifest.ts';
import { envPath, sourcePath } from '../../../setup/places.ts';
import type { SetupPlan } from '../../../setup/plan-setup.ts';
import { nushellLine, shellNamed } from '../../../setup/shells.ts';
import { maskKey, maskKeys } from '../../../secrets.ts';
import type { KeyCheck } from '../../endpoint-client.ts';
import { print, printJson } from '../../output.ts';
import { pairs, styleOf } from '../../style.ts';
import type { SetupRun } from './setup-run.ts';

const DONE: Readonly<Record<EditAction, string>> = {
  create: 'created',
  change: 'changed',
  delete: 'deleted',
  protect: 'protected',
};

/** Setup's own record is not one of the person's files, and says nothing to read. */
export const shownEdits = (edits: readonly FileEdit[], machine: Machine): FileEdit[] =>
  edits.filter(({ path }) => path !== manifestPath(machine));

/** What was answered, keys masked. */
export function answerRows(
  assistant: AssistantSetup,
  answers: Answers,
  key: KeyCheck | null,
): [string, string | null][] {
  const known =
    key?.state === 'accepted' ? [key.org && `organisation ${key.org}`, key.scope && `scope ${key.scope}`] : [];
  const about = known.filter(Boolean).join(', ');
  const asks = (field: keyof Answers): boolean => assistant.fields.includes(field);
  return [
    ['endpoint', answers.endpoint],
    ['key', maskKey(answers.apiKey) + (about && ` (${about})`)],
    ['Cursor key', asks('cursorApiKey') && answers.cursorApiKey ? maskKey(answers.cursorApiKey) : null],
    ['e-mail', answers.email ?? (assistant.id === 'cursor' ? null : '(none: usage is put down to the login)')],
    ['tier', asks('tier') ? (answers.tier ?? '(not given)') : null],
    ['organization', answers.organization],
    ['product', answers.product],
    ['sync', asks('syncInterval') && answers.syncInterval ? `every ${answers.syncInterval} min` : null],
  ];
}

/** How to load the variables: a shell's line, for a profile that setup leaves alone or a shell that is open. */
function loadLines({ assistant, shells, context }: SetupRun): { shell: string; line: string }[] {
  return shells.map((name) => {
    const shell = shellNamed(name);
    if (!shell) return { shell: name, line: nushellLine(envPath(assistant, context)) };
    return { shell: shell.label, line: shell.load(context, sourcePath(assistant, shell, context)) };
  });
}

/** Unified, keys masked. */
export function diffOf(edit: FileEdit, path: string, secrets: readonly string[]): string {
  const text = (bytes: Buffer | null): string => bytes?.toString(isUtf16(bytes) ? 'utf16le' : 'utf8') ?? '';
  const [from, to] = [edit.before === null ? '/dev/null' : path, edit.after === null ? '/dev/null' : path];
  const patch = createTwoFilesPatch(from, to, text(edit.before), text(edit.after), '', '', { context: 2 });
  // Keys are masked on both sides: an old one is as secret as a new one.
  return maskKeys(
    patch.replace(/^(?:Index: .*\n)?=+\n/, '').replace(/^(---|\+\+\+) (.*)\t$/gm, '$1 $2'),
    secrets,
  ).replace(KEY_VALUE, (_, name: string, key: string) => name + (key.includes('…') ? key : maskKey(key)));
}

const KEY_VALUE = /(x-api-key=|API_KEY=)([^\s'",]{8,})/g;
const isUtf16 = (bytes: Buffer): boolean => bytes[0] === 0xff && bytes[1] === 0xfe;

const secretsOf = ({ apiKey, cursorApiKey }: Answers): string[] => [apiKey, ...(cursorApiKey ? [cursorApiKey] : [])];

function document({ assistant, context }: SetupRun, answers: Answers, plan: SetupPlan) {
  const { apiKey, endpoint, email, tier, organization, product } = answers;
  const edits = shownEdits(plan.edits, context);
  return {
    assistant: assistant.id,
    endpoint,
    apiKey: maskKey(apiKey),
    email,
    ...(assistant.tiers.length > 0 && { tier }),
    organization,
    product,
    files: edits.map((edit) => ({ path: edit.path, action: actionOf(edit) })),
    profiles: plan.profiles,
    claudeSettings: plan.settings,
    notes: plan.notes,
  };
}

export async function reportDryRun(run: SetupRun, answers: Answers, plan: SetupPlan): Promise<void> {
  const { context, options } = run;
  const edits = shownEdits(plan.edits, context);
  const diffs = edits.map((edit) => diffOf(edit, shortPath(context, edit.path), secretsOf(answers)));
  if (options.json) {
    const files = edits.map((edit, i) => ({ path: edit.path, action: actionOf(edit), diff: diffs[i] }));
    printJson(context, { dryRun: true, ...document(run, answers, plan), files });
    return;
  }
  for (const diff of diffs) print(context, diff);
  for (const note of plan.notes) print(context, note);
  print(context, edits.length === 0 ? 'Nothing would change.' : 'Nothing was changed: this was a dry run.');
}

export async function reportSetup(
  run: SetupRun,
  answers: Answers,
  key: KeyCheck | null,
  plan: SetupPlan,
): Promise<void> {
  const { assistant, context, options } = run;
  const edits = shownEdits(plan.edits, context);
  const steps = nextSteps(run, plan);
  if (options.json) {
    printJson(context, { dryRun: false, ...document(run, answers, plan), next: steps });
    return;
  }
  const style = styleOf(context);
  print(
    context,
    style.green(
      edits.length === 0 ? `${assistant.label} was set up like this already.` : `${assistant.label} is set up.`,
    ),
  );
  print(context);
  for (const line of pairs(answerRows(assistant, answers, key))) print(context, line);
  if (edits.length > 0) print(context);
  for (const edit of edits) print(context, `  ${DONE[actionOf(edit)].padEnd(9)} ${shortPath(context, edit.path)}`);
  for (const note of plan.notes) print(context, `\n${style.yellow('Note:')} ${note}`);
  print(context, '\nNext:');
  for (const [i, step] of steps.entries()) print(context, `  ${i + 1}. ${step.replaceAll('\n', '\n     ')}`);
}

function nextSteps(run: SetupRun, plan: SetupPlan): string[] {
  const { assistant, options } = run;
  const lines = loadLines(run);
  const byHand = options.skipShellUpdate ? lines : lines.filter(({ shell }) => shell === 'nushell');
  const open = plan.profiles.length > 0 ? lines.filter((line) => !byHand.includes(line)) : [];
  return [
    ...byHand.map(({ shell, line }) => `Add this line to the profile of ${shell}:\n${line}`),
    ...open.slice(0, 1).map(({ shell, line }) => `Open a new terminal, or run this in your ${shell}:\n${line}`),
    ...(plan.settings ? [`Restart ${assistant.label}, and your IDE if it runs there.`] : []),
    `See that a record arrives: ${assistant.binary} test`,
    ...(assistant.history ? [`Import what you have used so far: ${assistant.binary} backfill`] : []),
    assistant.id === 'cursor'
      ? `Look at what is set up: ${assistant.binary} status`
      : `Use ${assistant.label} for a while, then: ${assistant.binary} status`,
  ];
}
