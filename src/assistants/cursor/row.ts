import { emailActor } from '../../usage/actor.ts';
import type { Billing, EventState, Source } from '../../usage/event.ts';
import type { CursorRow } from '../../usage/identity.ts';
import { cursorKey, eventId } from '../../usage/identity.ts';
import { observe } from '../../usage/merge.ts';
import { billingOf, findTier } from '../../usage/tiers.ts';
import type { Labels } from '../telemetry.ts';

/** One row of Cursor's usage events: a call, or what Cursor makes one row of. */
export interface CursorUsage extends CursorRow {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  /** Cursor does not say for how long. */
  cacheWriteTokens: number;
  /** What the model call is worth, before Cursor's own fee. */
  reportedMicros: number | null;
  /** What was charged beyond the plan; null where the row was not chargeable. */
  billedMicros: number | null;
}

export interface CursorContext {
  org: string;
  source: Source;
  /** The vendor's clock when the row was read, ms; a newer reading replaces an older one. */
  snapshotMs: number;
  /** As configured. */
  tier: string | null;
  labels: Labels;
}

export function cursorState(usage: CursorUsage, context: CursorContext): EventState {
  const { who, kind, conversationId } = usage;
  const { organization, product, project, repository } = context.labels;
  // Written out: files hold millions of these, and an object made by spreading is several times slower.
  return observe({
    org: context.org,
    id: eventId(cursorKey(usage)),
    assistant: 'cursor',
    source: context.source,
    revision: context.snapshotMs,
    atMs: usage.atMs,
    actor: emailActor(who) ?? (who === null ? null : `service-account:${who}`),
    sessionId: conversationId,
    organization,
    product,
    project,
    repository,
    model: usage.model,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cacheReadTokens: usage.cacheReadTokens,
    cacheWrite5mTokens: usage.cacheWriteTokens,
    splitKnown: false,
    reportedMicros: usage.reportedMicros,
    billedMicros: usage.billedMicros,
    tier: findTier('cursor', context.tier)?.id ?? context.tier,
    billing: billing(usage, context.tier),
    status: /errored|aborted/i.test(kind ?? '') ? 'error' : 'ok',
  });
}

/** The row itself says more than the tier: an open set of kinds, "Included in Business" among them. */
function billing({ billedMicros, kind }: CursorUsage, tier: string | null): Billing {
  if (billedMicros !== null) return 'metered';
  return /included/i.test(kind ?? '') ? 'seat' : billingOf('cursor', tier);
}
