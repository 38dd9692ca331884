/**
 * What other programs may build on: the usage event, its identity and its merge.
 * Everything else is internal and may change in any release.
 */
export type {
  Activity,
  Assistant,
  Billing,
  EventState,
  Granularity,
  Source,
  Status,
  UsageEvent,
  UsageValues,
} from './usage/event.ts';
export { ASSISTANTS, SOURCES } from './usage/event.ts';
export type { ClaudeCall, CursorRow, NaturalKey } from './usage/identity.ts';
export { claudeKey, cursorKey, eventId, testRecordId } from './usage/identity.ts';
export { join, observe } from './usage/merge.ts';
export { createPriceBook } from './usage/pricing.ts';
export { VERSION } from './version.ts';
