import type { CursorRow } from '../../usage/identity.ts';
import type { Members } from '../json-values.ts';
import { centsOf, isObject, membersOf, numberOf, textOf } from '../json-values.ts';

/** A row of `POST /teams/filtered-usage-events`, in our words. Which of several rows alike it is, it does not say. */
export interface UsageRow extends Omit<CursorRow, 'occurrence'> {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** What the model call is worth, before Cursor's own fee; null where the row does not say. */
  reportedMicros: number | null;
  /** Model cost and fee; for included usage nobody pays it. */
  chargedMicros: number | null;
  /** Of `chargedMicros`, Cursor's token fee. */
  feeMicros: number | null;
  /** `chargedMicros` of a row that is charged beyond the plan, else null. */
  billedMicros: number | null;
}

/** As the server keeps it, so that both sides number rows alike. The dashboard's twin of this API writes "null". */
const text = (value: unknown): string | null => {
  const read = textOf(value);
  return read === 'null' ? null : read;
};

/** The most that the wire takes for a count; no row has had a thousandth of it. */
const MAX_COUNT = 1_000_000_000;

const count = (value: unknown): number => Math.min(MAX_COUNT, Math.max(0, Math.round(numberOf(value) ?? 0)));

/** Lower-cased e-mail, else the service account. */
function whoOf(row: Members): string | null {
  const email = text(row.userEmail);
  if (email !== null) return email.toLowerCase();
  const account = text(row.serviceAccountId);
  return account?.includes('@') ? account.toLowerCase() : account;
}

/** Milliseconds UTC, which come as a string or as a number; null for what is no time of this century. */
function timeOf(value: unknown): number | null {
  const read = numberOf(value);
  return read !== null && read >= 946_684_800_000 && read < 4_102_444_800_000 ? Math.floor(read) : null;
}

/** Null for what is no row: only a usable timestamp is asked for, everything else may be missing. */
export function readUsageRow(value: unknown): UsageRow | null {
  if (!isObject(value)) return null;
  const atMs = timeOf(value.timestamp);
  if (atMs === null) return null;
  const tokens = membersOf(value.tokenUsage);
  const chargedMicros = centsOf(value.chargedCents);
  const feeMicros = centsOf(value.cursorTokenFee);
  return {
    atMs,
    who: whoOf(value),
    model: text(value.model),
    kind: text(value.kind),
    conversationId: text(value.conversationId),
    cloudAgentId: text(value.cloudAgentId),
    inputTokens: count(tokens.inputTokens),
    outputTokens: count(tokens.outputTokens),
    cacheReadTokens: count(tokens.cacheReadTokens),
    cacheWriteTokens: count(tokens.cacheWriteTokens),
    // Rows that are not counted by tokens say only what they charge: model cost and fee.
    reportedMicros: centsOf(tokens.totalCents) ?? (chargedMicros === null ? null : chargedMicros - (feeMicros ?? 0)),
    chargedMicros,
    feeMicros,
    billedMicros: value.isChargeable === true ? chargedMicros : null,
  };
}
