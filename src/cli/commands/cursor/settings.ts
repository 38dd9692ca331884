import { readFile } from 'node:fs/promises';
import { cursorSetup } from '../../../assistants/cursor/setup.ts';
import { Failure, UsageError } from '../../../errors.ts';
import { isSafe } from '../../../endpoint.ts';
import { CHECKS, DEFAULT_ENDPOINT } from '../../../setup/answers.ts';
import type { Field } from '../../../setup/assistant-setup.ts';
import { errorCode } from '../../../errors.ts';
import type { EnvRecord } from '../../../setup/env-file.ts';
import { readEnvFile } from '../../../setup/env-file.ts';
import { envPath } from '../../../setup/places.ts';
import type { Context, Env } from '../../context.ts';

/** What a sync goes by: environment before file before default. */
export interface CursorSettings {
  cursorApiKey: string;
  /** Null: Cursor's own address. */
  cursorApiUrl: string | null;
  endpoint: string;
  apiKey: string;
  /** Plain http to an endpoint on another machine is meant. */
  insecure: boolean;
  tier: string | null;
  organization: string | null;
  product: string | null;
  intervalMs: number;
}

const DEFAULT_INTERVAL_MS = 5 * 60_000;
const LONGEST_INTERVAL_MS = 24 * 3_600_000;

const REQUIRED = { cursorApiKey: 'CURSOR_API_KEY', apiKey: 'REVENIUM_API_KEY' } as const;

const NAMES = [
  'CURSOR_API_KEY',
  'REVENIUM_API_KEY',
  'REVENIUM_ENDPOINT',
  'REVENIUM_ORGANIZATION_NAME',
  'REVENIUM_PRODUCT_NAME',
  'CURSOR_SUBSCRIPTION_TIER',
  'REVENIUM_SYNC_INTERVAL_MS',
  'CURSOR_API_BASE_URL',
] as const;

type World = Pick<Context, 'env' | 'home' | 'platform' | 'cwd' | 'parentPid'>;

/** @throws UsageError that names all that is missing */
export async function readSettings(options: { insecure?: boolean }, context: World): Promise<CursorSettings> {
  const file = await fileValues(context);
  const env = environment(context.env);
  const values: Record<string, string> = { ...file, ...env };
  const missing = Object.values(REQUIRED).filter((name) => !values[name]);
  if (missing.length > 0)
    throw new UsageError(`missing: ${missing.join(' and ')}`, {
      hint: `Run "revenium-cursor setup", or set ${missing.join(' and ')}.`,
    });
  // Setup has asked before it wrote such an address down.
  const insecure = (options.insecure ?? false) || env.REVENIUM_ENDPOINT === undefined;
  const check = <F extends Field>(field: F, name: string) =>
    values[name] === undefined ? null : CHECKS[field](values[name], { insecure, tiers: cursorSetup.tiers });
  return {
    cursorApiKey: check('cursorApiKey', 'CURSOR_API_KEY') ?? '',
    cursorApiUrl: cursorUrl(values.CURSOR_API_BASE_URL, options.insecure ?? false),
    endpoint: check('endpoint', 'REVENIUM_ENDPOINT') ?? DEFAULT_ENDPOINT,
    apiKey: check('apiKey', 'REVENIUM_API_KEY') ?? '',
    insecure,
    tier: check('tier', 'CURSOR_SUBSCRIPTION_TIER'),
    organization: check('organization', 'REVENIUM_ORGANIZATION_NAME'),
    product: check('product', 'REVENIUM_PRODUCT_NAME'),
    intervalMs: intervalOf(values.REVENIUM_SYNC_INTERVAL_MS),
  };
}

async function fileValues(context: World): Promise<EnvRecord> {
  const path = envPath(cursorSetup, context);
  try {
    return readEnvFile(await readFile(path, 'utf8'));
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return {};
    throw new Failure(`cannot read ${path}`, { cause, hint: 'Make it readable for you, or run setup again.' });
  }
}

const environment = (env: Env): Partial<Record<(typeof NAMES)[number], string>> =>
  Object.fromEntries(NAMES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));

function cursorUrl(text: string | undefined, insecure: boolean): string | null {
  if (!text) return null;
  if (!URL.canParse(text)) throw new UsageError(`CURSOR_API_BASE_URL "${text}" is not a web address`);
  if (insecure || isSafe(new URL(text))) return text;
  throw new UsageError(`CURSOR_API_BASE_URL ${text} is not encrypted`, {
    hint: 'Use https://, or --insecure if you mean it.',
  });
}

function intervalOf(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_INTERVAL_MS;
  const ms = Number(text);
  if (!Number.isInteger(ms) || ms < 1 || ms > LONGEST_INTERVAL_MS)
    throw new UsageError(
      `REVENIUM_SYNC_INTERVAL_MS "${text}" is no number of milliseconds, 1 to ${LONGEST_INTERVAL_MS}`,
    );
  return ms;
}
