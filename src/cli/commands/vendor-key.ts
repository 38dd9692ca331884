import { isSafe } from '../../endpoint.ts';
import { Failure } from '../../errors.ts';
import type { Answers, AssistantSetup } from '../../setup/assistant-setup.ts';
import { CURSOR } from '../../vendors/cursor/admin-api.ts';
import type { Context } from '../context.ts';
import { inWords } from '../endpoint-client.ts';

/** Whether the vendor takes the key that our own sync reads usage with. */
export type VendorKeyCheck =
  | { state: 'accepted'; members: number | null }
  | { state: 'refused'; status: number }
  | { state: 'unavailable'; why: string };

const TIMEOUT_MS = 10_000;

/** Cursor's Admin API: `GET /teams/members`, Basic auth with the key as user name. */
export async function askCursor(
  key: string,
  { env, fetch, signal }: Pick<Context, 'env' | 'fetch' | 'signal'>,
): Promise<VendorKeyCheck> {
  const given = env.CURSOR_API_BASE_URL ?? '';
  const base = (given === '' ? CURSOR.url : given).replace(/\/+$/, '');
  if (!URL.canParse(base) || !isSafe(new URL(base))) return { state: 'unavailable', why: `${base} is not encrypted` };
  try {
    const response = await fetch(`${base}/teams/members`, {
      headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      redirect: 'manual',
    });
    const body: unknown = await response.json().catch(() => null);
    if (response.ok) return { state: 'accepted', members: countMembers(body) };
    if (response.status === 401 || response.status === 403) return { state: 'refused', status: response.status };
    return { state: 'unavailable', why: `it answered ${response.status}` };
  } catch (error) {
    signal.throwIfAborted();
    return { state: 'unavailable', why: inWords(error) };
  }
}

function countMembers(body: unknown): number | null {
  const members = typeof body === 'object' && body !== null && 'teamMembers' in body ? body.teamMembers : null;
  return Array.isArray(members) ? members.length : null;
}

const CURSOR_KEY_HINT =
  'It must be an Admin API key of the team (Cursor dashboard > Settings > API Keys); a personal key will not do.';

/** What is wrong with the vendor's key, or with asking; null: nothing. `final`: only another key helps. */
export function vendorProblem(check: VendorKeyCheck): { says: string; hint: string; final: boolean } | null {
  if (check.state === 'refused')
    return { says: `Cursor refuses its API key (${check.status})`, hint: CURSOR_KEY_HINT, final: true };
  if (check.state === 'unavailable')
    return { says: `Cursor's API cannot be asked: ${check.why}`, hint: 'Try again later.', final: false };
  return null;
}

export interface VendorAnswer {
  text: string;
  json: Record<string, unknown>;
}

/** For `test`: null for an assistant that needs no vendor's key. @throws Failure for a key that will not do */
export async function checkVendorKey(
  assistant: AssistantSetup,
  { cursorApiKey }: Partial<Answers>,
  context: Context,
): Promise<VendorAnswer | null> {
  if (!assistant.fields.includes('cursorApiKey')) return null;
  if (!cursorApiKey) throw new Failure('no Cursor API key is set up', { hint: `Run "${assistant.binary} setup".` });
  const check = await askCursor(cursorApiKey, context);
  const problem = vendorProblem(check);
  if (problem) throw new Failure(problem.says, { hint: problem.hint, retryable: !problem.final });
  const members = check.state === 'accepted' ? check.members : null;
  const team = members === null ? '' : ` It sees a team of ${members}.`;
  return { text: `Cursor takes its API key.${team}`, json: { cursor: { members } } };
}
