import { cleanText } from '../../otlp/attributes.ts';
import type { CursorRow } from '../../usage/identity.ts';
import { microsFromCents } from '../../usage/money.ts';

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

type Members = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As the server keeps it, so that both sides number rows alike. The dashboard's twin of this API writes "null". */
function text(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const clean = cleanText(value).trim();
  return clean === '' || clean === 'null' ? null : clean;
}

function number(value: unknown): number | null {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : null;
}

/** The most that the wire takes for a count; no row has had a thousandth of it. */
const MAX_COUNT = 1_000_000_000;

const count = (value: unknown): number => Math.min(MAX_COUNT, Math.max(0, Math.round(number(value) ?? 0)));

/** A string or a number of cents; floats stand for their shortest decimal form. */
const cents = (value: unknown): number | null =>
  typeof value === 'string' || typeof value === 'number' ? microsFromCents(value) : null;

/** Lower-cased e-mail, else the service account. */
function whoOf(row: Members): string | null {
  const email = text(row.userEmail);
  if (email !== null) return email.toLowerCase();
  const account = text(row.serviceAccountId);
  return account?.includes('@') ? account.toLowerCase() : account;
}

/** Milliseconds UTC, which come as a string or as a number; null for what is no time of this century. */
function timeOf(value: unknown): number | null {
  const read = number(value);
  return read !== null && read >= 946_684_800_000 && read < 4_102_444_800_000 ? Math.floor(read) : null;
}

/** Null for what is no row: only a usable timestamp is asked for, everything else may be missing. */
export function readUsageRow(value: unknown): UsageRow | null {
  if (!isObject(value)) return null;
  const atMs = timeOf(value.timestamp);
  if (atMs === null) return null;
  const tokens = isObject(value.tokenUsage) ? value.tokenUsage : {};
  const chargedMicros = cents(value.chargedCents);
  const feeMicros = cents(value.cursorTokenFee);
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
    reportedMicros: cents(tokens.totalCents) ?? (chargedMicros === null ? null : chargedMicros - (feeMicros ?? 0)),
    chargedMicros,
    feeMicros,
    billedMicros: value.isChargeable === true ? chargedMicros : null,
  };
}
