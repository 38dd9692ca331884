import type { Answers, AssistantSetup } from './assistant-setup.ts';
import type { Draft } from './draft.ts';
import type { EnvRecord } from './env-file.ts';
import { envValues, writeSettings, writeVariables } from './env-plan.ts';
import type { Manifest } from './manifest.ts';
import { BLOCK_TAGS } from './profile-block.ts';
import { editAttributes, readAttributes } from './resource-attributes.ts';

/**
 * Two assistants in one shell share its OTEL_* variables, and with them the key and whom usage is put down to: a
 * shell has one value of each. So the setup that is run last makes both say the same. Where they send to different
 * endpoints that cannot be, and the person is told what wins.
 */

const LISTS = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_RESOURCE_ATTRIBUTES'] as const;

const SHARED = { apiKey: 'key', email: 'e-mail address', organization: 'organization', product: 'product' } as const;
type Shared = keyof typeof SHARED;

const sharedFields = Object.keys(SHARED) as Shared[];

/** Of two lists those pairs that both are to have; `mine` wins. */
function union(
  mine: string | undefined,
  theirs: string | undefined,
  mineOnly: readonly string[],
  theirsOnly: readonly string[],
): string {
  const drop = (text: string | undefined, names: readonly string[]): Record<string, string> =>
    Object.fromEntries(Object.entries(readAttributes(text ?? '')).filter(([name]) => !names.includes(name)));
  return editAttributes(undefined, { ...drop(theirs, mineOnly), ...drop(mine, theirsOnly) });
}

function agree(draft: Draft, mine: AssistantSetup, theirs: AssistantSetup, answers: Answers): string[] {
  const before = theirs.answers(envValues(draft, theirs));
  const shared = Object.fromEntries(sharedFields.map((field) => [field, answers[field]])) as Pick<Answers, Shared>;
  const agreed: Answers = { ...answers, tier: null, cursorApiKey: null, syncInterval: null, ...before, ...shared };
  writeVariables(draft, theirs, theirs.variables(agreed, envValues(draft, theirs)));
  const [own, other]: [EnvRecord, EnvRecord] = [envValues(draft, mine), envValues(draft, theirs)];
  const lists = LISTS.map((name) => [name, union(own[name], other[name], mine.attributes, theirs.attributes) || null]);
  for (const assistant of [mine, theirs]) writeVariables(draft, assistant, Object.fromEntries(lists) as EnvRecord);
  const changed = sharedFields
    .filter((field) => (before[field] ?? null) !== answers[field])
    .map((field) => SHARED[field]);
  if (changed.length === 0) return [];
  return [
    `${theirs.label} now has the same ${changed.join(', ')}: one shell has one set of OTEL_* variables for both.`,
  ];
}

function disagree(mine: AssistantSetup, theirs: AssistantSetup): string {
  const [loser, winner] = [mine, theirs].sort((a, b) => order(a) - order(b));
  const way = [mine, theirs].find(({ settingsFile }) => settingsFile);
  return (
    `${mine.label} and ${theirs.label} are loaded by the same shell, but send to different endpoints. ` +
    `In that shell the key and attributes of ${winner?.label ?? ''} win, for ${loser?.label ?? ''} too.` +
    (way ? ` "${way.binary} setup --claude-settings" gives ${way.label} its own.` : '')
  );
}

const order = ({ profileTag }: AssistantSetup): number => BLOCK_TAGS.findIndex((tag) => tag === profileTag);

/** Makes the other assistants of the same shells agree with this one; gives what is to be told. */
export function shareVariables(
  draft: Draft,
  mine: AssistantSetup,
  answers: Answers,
  assistants: Manifest['assistants'],
  all: readonly AssistantSetup[],
): string[] {
  const profiles = assistants[mine.id]?.profiles ?? [];
  return all.flatMap((theirs) => {
    const state = assistants[theirs.id];
    if (theirs.id === mine.id || !state?.profiles.some((path) => profiles.includes(path))) return [];
    if (theirs.answers(envValues(draft, theirs)).endpoint !== answers.endpoint) return [disagree(mine, theirs)];
    const notes = agree(draft, mine, theirs, answers);
    if (state.settings) writeSettings(draft, theirs);
    return notes;
  });
}

/** Once an assistant has left, the others forget the attributes that were only its own. */
export function unshareVariables(draft: Draft, gone: AssistantSetup, others: readonly AssistantSetup[]): void {
  for (const other of others) {
    const existing = envValues(draft, other).OTEL_RESOURCE_ATTRIBUTES;
    if (existing === undefined || gone.attributes.length === 0) continue;
    const without = editAttributes(existing, Object.fromEntries(gone.attributes.map((name) => [name, null])));
    writeVariables(draft, other, { OTEL_RESOURCE_ATTRIBUTES: without || null });
  }
}
