import type { Ask } from '../anthropic/admin-api.ts';
import type { ClaudeCodeRow } from '../anthropic/claude-code-report.ts';
import { readClaudeCodeDay } from '../anthropic/claude-code-report.ts';
import type { KeyOwners } from '../anthropic/key-owners.ts';
import { keyOwners } from '../anthropic/key-owners.ts';
import { readKeys, readUsers } from '../anthropic/people.ts';
import type { Days } from '../day-buckets.ts';
import { VendorError } from '../vendor-error.ts';
import type { ToolUsage } from './tool-usage.ts';
import { summed } from './tool-usage.ts';

/** Days that are asked for at once: each is a request of its own. */
const LANES = 4;

/** Claude Code by person: the vendor's own sessions, tokens and estimated cost. @throws VendorError */
export async function readClaude(
  api: Ask,
  { from, to }: Days,
  onProgress: (done: string) => void,
): Promise<ToolUsage[]> {
  const rows: ClaudeCodeRow[] = [];
  let next = from;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < to) {
      const reading = await readClaudeCodeDay(api, next++);
      rows.push(...reading.rows);
      onProgress(`${++done} of ${to - from} days`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  // Names of keys matter only where somebody has used one.
  const named = rows.some(({ actor }) => actor !== null && 'keyName' in actor);
  const owners = named ? await ownersOf(api) : keyOwners([], []);
  return summed(rows.map((row) => usageOf(row, owners)));
}

/** Whose keys they are is worth knowing, but not worth failing for. */
async function ownersOf(api: Ask): Promise<KeyOwners> {
  try {
    return keyOwners(await readKeys(api), await readUsers(api));
  } catch (error) {
    if (error instanceof VendorError) return keyOwners([], []);
    throw error;
  }
}

function usageOf({ actor, sessions, models }: ClaudeCodeRow, owners: KeyOwners): ToolUsage {
  const user =
    actor === null ? 'unknown' : 'email' in actor ? actor.email : (owners.byKeyName(actor.keyName) ?? actor.keyName);
  const costs = models.flatMap(({ reportedMicros }) => reportedMicros ?? []);
  return {
    user,
    tool: 'Claude',
    requests: sessions,
    tokens: total(models.map((m) => m.inputTokens + m.outputTokens + m.cacheReadTokens + m.cacheWriteTokens)),
    costMicros: costs.length === 0 && models.length > 0 ? null : total(costs),
  };
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
