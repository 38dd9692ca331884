import { z } from 'zod';
import { Failure } from '../errors.ts';
import { networkCode } from '../otlp/retry.ts';
import type { Context } from './context.ts';
import type { Access } from './endpoint-client.ts';
import { NO_ENDPOINT } from './endpoint-client.ts';

const count = z.number();
const answerSchema = z.object({
  records: z.array(
    z.object({
      id: z.string(),
      sources: z.array(z.string()),
      partial: z.boolean(),
      counted: z.boolean().default(true),
      inputTokens: count,
      outputTokens: count,
      cacheReadTokens: count,
      cacheWrite5mTokens: count,
      cacheWrite1hTokens: count,
    }),
  ),
});
export type ServerRecord = z.infer<typeof answerSchema>['records'][number];

/** The most that one request may name. */
const AT_ONCE = 1000;
const IN_FLIGHT = 4;
const TIMEOUT_MS = 30_000;

/**
 * What the server has of these records, of any number. A key needs no scope beyond ingest for this: it answers only
 * about ids that the caller names.
 * @throws Failure where it cannot be asked
 */
export async function readServerRecords(
  ids: readonly string[],
  access: Access,
  context: Pick<Context, 'fetch' | 'signal'>,
  onProgress: (asked: number) => void = () => undefined,
): Promise<ServerRecord[]> {
  const found: ServerRecord[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < ids.length) {
      const part = ids.slice(next, (next += AT_ONCE));
      found.push(...(await ask(part, access, context)));
      onProgress(Math.min(next, ids.length));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return found;
}

async function ask(
  ids: readonly string[],
  { endpoint, apiKey }: Access,
  { fetch, signal }: Pick<Context, 'fetch' | 'signal'>,
): Promise<ServerRecord[]> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${endpoint}/meter/v2/records/lookup`, {
      method: 'POST',
      body: JSON.stringify({ ids }),
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      // Not followed: it would take the key to another host.
      redirect: 'manual',
    });
    text = await response.text();
  } catch (cause) {
    signal.throwIfAborted();
    const code = networkCode(cause);
    throw new Failure(`${endpoint} cannot be reached${code === null ? '' : ` (${code})`}`, { cause, retryable: true });
  }
  if (response.status === 404)
    throw new Failure(`${endpoint} offers no look-up of records`, {
      hint: 'Only a Revenium server of your own can be asked.',
    });
  if (response.status === 401 || response.status === 403)
    throw new Failure(`${endpoint} does not take the API key (${response.status})`);
  if (!response.ok) throw new Failure(`${endpoint} answered ${response.status} to a look-up of records`);
  const answer = answerSchema.safeParse(parse(text));
  if (!answer.success) throw new Failure(`${endpoint} ${NO_ENDPOINT}`);
  return answer.data.records;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
