import { utcDay } from '../../usage/days.ts';
import { readClaudeCodeDay } from '../../vendors/anthropic/claude-code-report.ts';
import { readCosts as readAnthropicCosts } from '../../vendors/anthropic/cost-report.ts';
import { readMessages } from '../../vendors/anthropic/messages-report.ts';
import { readUsers as readAnthropicUsers } from '../../vendors/anthropic/people.ts';
import { readMembers } from '../../vendors/cursor/members.ts';
import { UsageReader } from '../../vendors/cursor/read-usage.ts';
import { readCompletions } from '../../vendors/openai/completions-usage.ts';
import { readCosts as readOpenAiCosts } from '../../vendors/openai/costs.ts';
import { readUsers as readOpenAiUsers } from '../../vendors/openai/users.ts';
import { VendorError } from '../../vendors/vendor-error.ts';
import type { ConnectionSettings } from '../services/vendor-connections.ts';
import type { VendorWorld } from './sources.ts';
import { githubReader, organizationsOf, vendorApi } from './sources.ts';
import type { Vendor } from './sync-run.ts';

/** What a vendor answered to one of the questions that a sync asks. */
export interface CheckedAccess {
  /** `Claude Code report` */
  what: string;
  state: 'granted' | 'refused' | 'unavailable';
  /** Why not; null where it is granted. */
  said: string | null;
  hint: string | null;
}

export interface KeyCheckOptions {
  vendor: Vendor;
  apiKey: string;
  settings: ConnectionSettings;
  signal: AbortSignal;
}

type Question = readonly [what: string, ask: () => Promise<unknown>];

/** Somebody waits for the answer: nothing is tried again. */
const PATIENCE = { longestWaitMs: 0, timeoutMs: 15_000 };

/**
 * Asks a vendor for a little of each thing that a sync reads. A key that is refused as such is asked with once.
 * @throws UsageError for settings that are missing, and for an address that no key may be sent to
 */
export async function checkKey(options: KeyCheckOptions, world: VendorWorld): Promise<CheckedAccess[]> {
  const checked: CheckedAccess[] = [];
  for (const [what, ask] of questionsOf(options, { ...world, ...PATIENCE })) {
    const found = await answerOf(what, ask);
    checked.push(found.access);
    if (found.isFinal) break;
  }
  return checked;
}

async function answerOf(what: string, ask: Question[1]): Promise<{ access: CheckedAccess; isFinal: boolean }> {
  try {
    await ask();
    return { access: { what, state: 'granted', said: null, hint: null }, isFinal: false };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const { message: said, hint = null, retryable, trouble } = error;
    const state = retryable ? 'unavailable' : 'refused';
    return { access: { what, state, said, hint }, isFinal: trouble === 'unauthorized' };
  }
}

function questionsOf({ vendor, apiKey, settings, signal }: KeyCheckOptions, world: VendorWorld): Question[] {
  const nowMs = world.now();
  const today = utcDay(nowMs);
  const yesterday = { from: today - 1, to: today };
  switch (vendor) {
    case 'anthropic': {
      const api = vendorApi(vendor, apiKey, world, signal);
      return [
        ['Claude Code report', () => readClaudeCodeDay(api, yesterday.from)],
        ['messages report', () => readMessages(api, yesterday)],
        ['cost report', () => readAnthropicCosts(api, yesterday)],
        ['users', () => readAnthropicUsers(api)],
      ];
    }
    case 'openai': {
      const api = vendorApi(vendor, apiKey, world, signal);
      return [
        ['completions usage', () => readCompletions(api, yesterday)],
        ['costs', () => readOpenAiCosts(api, yesterday)],
        ['users', () => readOpenAiUsers(api)],
      ];
    }
    case 'cursor': {
      const api = vendorApi(vendor, apiKey, world, signal);
      const lastMinute = { fromMs: nowMs - 60_000, toMs: nowMs };
      return [
        ['members', () => readMembers(api)],
        ['usage events', () => new UsageReader(api).read(lastMinute, 1)],
      ];
    }
    case 'github': {
      const reader = githubReader(apiKey, world, signal);
      const lastHour = { fromMs: nowMs - 3_600_000, toMs: nowMs };
      return organizationsOf(settings).map((name): Question => [
        `pull requests of ${name}`,
        async () => {
          await reader.merged(name, lastHour).next();
        },
      ]);
    }
  }
}
