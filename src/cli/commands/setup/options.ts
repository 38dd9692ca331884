import { SETUPS } from '../../../assistants/setups.ts';
import { UsageError } from '../../../errors.ts';
import { CHECKS, DEFAULT_ENDPOINT, DEFAULT_SYNC_INTERVAL } from '../../../setup/answers.ts';
import type { Answers, AssistantSetup, Field } from '../../../setup/assistant-setup.ts';
import { readEnvFile } from '../../../setup/env-file.ts';
import type { Found } from '../../../setup/found.ts';
import type { Machine } from '../../../setup/machine.ts';
import { envPath } from '../../../setup/places.ts';
import type { ShellName } from '../../../setup/shells.ts';
import type { CommonOptions } from '../../table.ts';

/** The options of all three `setup` commands; a table row declares those that its assistant has. */
export interface SetupOptions extends CommonOptions {
  apiKey?: string;
  cursorApiKey?: string;
  email?: string;
  tier?: string;
  subscriptionTier?: string;
  endpoint?: string;
  organization?: string;
  product?: string;
  syncInterval?: string;
  skipShellUpdate?: boolean;
  claudeSettings?: boolean;
  shell?: ShellName;
  dryRun?: boolean;
  skipCheck?: boolean;
  insecure?: boolean;
}

export const REQUIRED: readonly Field[] = ['cursorApiKey', 'apiKey'];

const ENVIRONMENT: Readonly<Partial<Record<Field, string>>> = {
  apiKey: 'REVENIUM_API_KEY',
  endpoint: 'REVENIUM_ENDPOINT',
  email: 'REVENIUM_SUBSCRIBER_EMAIL',
  organization: 'REVENIUM_ORGANIZATION_NAME',
  product: 'REVENIUM_PRODUCT_NAME',
  cursorApiKey: 'CURSOR_API_KEY',
};

const FLAGS: Readonly<Record<Field, string>> = {
  apiKey: '--api-key',
  cursorApiKey: '--cursor-api-key',
  email: '--email',
  tier: '--tier',
  endpoint: '--endpoint',
  organization: '--organization',
  product: '--product',
  syncInterval: '--sync-interval',
};

function flagged(options: SetupOptions, field: Field): string | undefined {
  return field === 'tier' ? (options.tier ?? options.subscriptionTier) : options[field];
}

function fromEnvironment(assistant: AssistantSetup, env: Machine['env'], field: Field): string | undefined {
  if (assistant.id === 'cursor' && field === 'tier') return env.CURSOR_SUBSCRIPTION_TIER;
  if (field === 'syncInterval')
    return env.REVENIUM_SYNC_INTERVAL_MS && String(Number(env.REVENIUM_SYNC_INTERVAL_MS) / 60_000);
  return env[ENVIRONMENT[field] ?? ''];
}

/** Answers as text, and where they come from; not yet checked. */
export interface Given {
  /** By a flag or the environment: the wizard does not ask again. */
  said: Partial<Record<Field, string>>;
  /** What to fall back on: the env file, else what another assistant of this machine has. */
  known: Partial<Record<Field, string>>;
}

const asText = (answers: Partial<Answers>): Partial<Record<Field, string>> =>
  Object.fromEntries(
    Object.entries(answers).flatMap(([field, value]) => (value === null ? [] : [[field, String(value)]])),
  );

function inFile(assistant: AssistantSetup, found: Found, machine: Machine): Partial<Record<Field, string>> {
  const text = found.files.get(envPath(assistant, machine))?.bytes?.toString('utf8');
  return text === undefined ? {} : asText(assistant.answers(readEnvFile(text)));
}

/** What another assistant that has been set up here says of the same person; its keys are its own. */
function fromSibling(assistant: AssistantSetup, found: Found, machine: Machine): Partial<Record<Field, string>> {
  for (const other of SETUPS) {
    if (other.id === assistant.id || !(other.id in found.manifest.assistants)) continue;
    const { endpoint, email, organization, product } = inFile(other, found, machine);
    return Object.fromEntries(Object.entries({ endpoint, email, organization, product }).filter(([, value]) => value));
  }
  return {};
}

export function gather(options: SetupOptions, assistant: AssistantSetup, found: Found, machine: Machine): Given {
  const said = Object.fromEntries(
    assistant.fields.flatMap((field) => {
      const flag = flagged(options, field);
      const variable = fromEnvironment(assistant, machine.env, field);
      const value = flag ?? (variable === '' ? undefined : variable);
      return value === undefined ? [] : [[field, value]];
    }),
  );
  const defaults = { endpoint: DEFAULT_ENDPOINT, syncInterval: String(DEFAULT_SYNC_INTERVAL) };
  const own = inFile(assistant, found, machine);
  // A key belongs to an endpoint: with a new key and no endpoint named, another assistant's endpoint is a guess.
  const sibling = Object.keys(own).length > 0 ? {} : fromSibling(assistant, found, machine);
  return { said, known: { ...defaults, ...sibling, ...own } };
}

export function missingFields(assistant: AssistantSetup, { said, known }: Given): Field[] {
  return REQUIRED.filter((field) => assistant.fields.includes(field) && !(said[field] ?? known[field]));
}

/** Flags and prompts pass the same checks; all that is wrong is said at once. */
export function checkAnswers(given: Given, assistant: AssistantSetup, insecure: boolean): Answers {
  const missing = missingFields(assistant, given);
  if (missing.length > 0) {
    const flags = missing.map((field) => FLAGS[field]).join(' and ');
    const variables = missing.flatMap((field) => ENVIRONMENT[field] ?? []).join(' and ');
    throw new UsageError(`missing: ${flags}`, {
      hint: `Give ${flags} (or set ${variables}), or run this in a terminal to be asked.\nNothing was changed.`,
    });
  }
  const problems: string[] = [];
  const check = <F extends Field>(field: F): Answers[F] | null => {
    const text = given.said[field] ?? given.known[field];
    if (text === undefined) return null;
    try {
      return CHECKS[field](text, { insecure, tiers: assistant.tiers });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(error.hint ? `${error.message}. ${error.hint}` : error.message);
      return null;
    }
  };
  const answers: Answers = {
    apiKey: check('apiKey') ?? '',
    endpoint: check('endpoint') ?? '',
    email: check('email'),
    tier: check('tier'),
    organization: check('organization'),
    product: check('product'),
    cursorApiKey: check('cursorApiKey'),
    syncInterval: check('syncInterval'),
  };
  if (problems.length > 0) throw new UsageError(problems.join('\n'), { hint: 'Nothing was changed.' });
  return answers;
}
