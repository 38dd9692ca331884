import { Failure } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import type { KeyCheck } from '../../endpoint-client.ts';
import { NO_ENDPOINT, isReadOnlyScope } from '../../endpoint-client.ts';
import { notice } from '../../output.ts';
import { askCursor, vendorProblem } from '../vendor-key.ts';

export interface KeyProblem {
  /** Follows the endpoint's name: "refuses this key (401)". */
  says: string;
  hint: string;
  /** Only another key helps; otherwise one may go on without asking. */
  final: boolean;
}

const UNASKED = 'Check the endpoint, or use --skip-check to go on without asking it.';

/** What is wrong with a key, or with asking; null: nothing. */
export function keyProblem(key: KeyCheck): KeyProblem | null {
  switch (key.state) {
    case 'refused':
      return {
        says: `refuses this key (${key.status})`,
        hint: 'Check the key, and that it belongs to this endpoint.',
        final: true,
      };
    case 'accepted':
      if (!isReadOnlyScope(key.scope)) return null;
      return {
        says: `lets this key (scope ${key.scope ?? ''}) read but not send`,
        hint: 'Ask for a key of scope ingest: revenium-server keys create --scope ingest',
        final: true,
      };
    case 'unreachable':
      return { says: `cannot be reached: ${key.why}`, hint: UNASKED, final: false };
    case 'failing':
      return {
        says: key.status === 200 ? NO_ENDPOINT : `answers ${key.status} when asked about the key`,
        hint: UNASKED,
        final: false,
      };
    case 'not-offered':
      return null;
  }
}

/** What is to be said of a key that will do; null: nothing. */
export function keyNotice(key: KeyCheck, endpoint: string): string | null {
  if (key.state === 'not-offered') return `${endpoint} offers no key check, so the key was not checked.`;
  if (key.state !== 'accepted' || key.scope !== 'admin') return null;
  return (
    'This key is an admin’s: whoever reads it here can read and change everything of the organisation. ' +
    'One that can only send is enough: revenium-server keys create --scope ingest'
  );
}

/** @throws Failure for a key that will not do; says what cannot be known */
export function acceptKey(key: KeyCheck, endpoint: string, context: Pick<Context, 'io'>): void {
  const problem = keyProblem(key);
  if (problem)
    throw new Failure(`${endpoint} ${problem.says}`, {
      hint: `Nothing was changed. ${problem.hint}`,
      retryable: !problem.final,
    });
  const said = keyNotice(key, endpoint);
  if (said !== null) notice(context, said);
}

/** @throws Failure for a key that the vendor refuses; a vendor that cannot be asked now is no reason to stop */
export async function acceptVendorKey(cursorApiKey: string, context: Context): Promise<void> {
  const problem = vendorProblem(await askCursor(cursorApiKey, context));
  if (problem?.final) throw new Failure(problem.says, { hint: `Nothing was changed. ${problem.hint}` });
  if (problem) notice(context, `${problem.says}. Its key was not checked.`);
}
