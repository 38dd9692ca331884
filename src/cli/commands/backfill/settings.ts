import { readFile } from 'node:fs/promises';
import { Failure, UsageError } from '../../../errors.ts';
import { CHECKS, DEFAULT_ENDPOINT } from '../../../setup/answers.ts';
import type { Answers, AssistantSetup, Field } from '../../../setup/assistant-setup.ts';
import { errorCode } from '../../../errors.ts';
import { realDisk } from '../../../setup/disk.ts';
import { readEnvFile } from '../../../setup/env-file.ts';
import { pathsOf, shortPath } from '../../../setup/machine.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import { readLayers } from '../status/layers.ts';

/** Where a history goes, and under whose name. */
export interface DeliverySettings {
  endpoint: string;
  apiKey: string;
  /** Plain http to an endpoint on another machine is meant. */
  insecure: boolean;
  email: string | null;
  tier: string | null;
  organization: string | null;
  product: string | null;
}

/** Stand above what setup has written. */
const VARIABLES = {
  apiKey: 'REVENIUM_API_KEY',
  endpoint: 'REVENIUM_ENDPOINT',
  email: 'REVENIUM_SUBSCRIBER_EMAIL',
  organization: 'REVENIUM_ORGANIZATION_NAME',
  product: 'REVENIUM_PRODUCT_NAME',
  tier: 'CLAUDE_CODE_SUBSCRIPTION_TIER',
} as const satisfies Partial<Record<Field, string>>;

/** Null where nothing says where to: neither a setup nor the environment names a key. */
export async function findSettings(
  assistant: AssistantSetup,
  options: { insecure?: boolean },
  context: Context,
): Promise<DeliverySettings | null> {
  const file = await writtenAnswers(assistant, context);
  const given = (field: keyof typeof VARIABLES): string | null => {
    const text = context.env[VARIABLES[field]] ?? '';
    return text === '' ? null : text;
  };
  // Setup has asked before it wrote such an address down.
  const insecure = options.insecure ?? given('endpoint') === null;
  const value = <F extends keyof typeof VARIABLES>(field: F): Answers[F] | null => {
    const text = given(field);
    if (text === null) return file[field] ?? null;
    return CHECKS[field](text, { insecure, tiers: assistant.tiers });
  };
  const apiKey = value('apiKey');
  if (apiKey === null) return null;
  return {
    apiKey,
    endpoint: value('endpoint') ?? DEFAULT_ENDPOINT,
    insecure,
    email: value('email'),
    tier: assistant.tiers.length > 0 ? value('tier') : null,
    organization: value('organization'),
    product: value('product'),
  };
}

/** @throws UsageError where it is not known where to */
export async function readSettings(
  assistant: AssistantSetup,
  options: { insecure?: boolean },
  context: Context,
): Promise<DeliverySettings> {
  const settings = await findSettings(assistant, options, context);
  if (settings) return settings;
  throw new UsageError(
    `${assistant.label} is not set up: ${shortPath(context, envFile(assistant, context))} names no key`,
    {
      hint: `Run "${assistant.binary} setup", or set REVENIUM_API_KEY and REVENIUM_ENDPOINT.`,
    },
  );
}

const envFile = (assistant: AssistantSetup, context: Context): string =>
  pathsOf(context).join(assistant.folder(context), 'revenium.env');

/** What setup has written or, where it has not been run, what an administrator has for everybody. */
async function writtenAnswers(assistant: AssistantSetup, context: Context): Promise<Partial<Answers>> {
  const file = await fileAnswers(assistant, context);
  if (file.apiKey !== undefined || context.env[VARIABLES.apiKey]) return file;
  const layers = (await readLayers(assistant, context, realDisk)).filter(({ kind }) => kind === 'managed');
  for (const { name, values } of layers.toReversed()) {
    const managed = assistant.answers(values);
    if (managed.apiKey === undefined || managed.endpoint === undefined) continue;
    notice(context, `Not set up by hand: goes by ${name}, which sends to ${managed.endpoint}.`);
    return { ...file, ...managed };
  }
  return file;
}

async function fileAnswers(assistant: AssistantSetup, context: Context): Promise<Partial<Answers>> {
  const path = envFile(assistant, context);
  try {
    return assistant.answers(readEnvFile(await readFile(path, 'utf8')));
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return {};
    throw new Failure(`cannot read ${path}`, { cause, hint: 'Make it readable for you, or run setup again.' });
  }
}
