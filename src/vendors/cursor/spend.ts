import { centsOf, emailOf, isObject, membersOf, numberOf } from '../json-values.ts';
import { readPages } from '../paging.ts';
import type { VendorApi } from '../vendor-api.ts';
import { malformed } from '../vendor-error.ts';

/** What a member has spent in the billing cycle that runs. */
export interface CursorSpend {
  email: string;
  /** Charged beyond the plan. */
  onDemandMicros: number;
  /** With what the plan includes; null where the server does not say. */
  overallMicros: number | null;
}

export interface CycleSpend {
  /** When the billing cycle began, ms UTC; null where the server does not say. */
  cycleStartMs: number | null;
  members: CursorSpend[];
}

/** By whom, in the current billing cycle only: Cursor keeps no other. @throws VendorError */
export async function readSpend(api: Pick<VendorApi, 'post'>): Promise<CycleSpend> {
  let cycleStartMs: number | null = null;
  const { rows } = await readPages(
    'Cursor',
    async (cursor) => {
      const page = Number(cursor ?? '1');
      const { body, dateMs } = await api.post('/teams/spend', { page, pageSize: 100 });
      const { teamMemberSpend, subscriptionCycleStart, totalPages } = membersOf(body);
      if (!Array.isArray(teamMemberSpend)) throw malformed('Cursor', 'it holds no spend');
      cycleStartMs ??= numberOf(subscriptionCycleStart);
      const more = teamMemberSpend.length > 0 && page < (numberOf(totalPages) ?? 1);
      return { values: teamMemberSpend, next: more ? String(page + 1) : null, dateMs };
    },
    spendOf,
  );
  return { cycleStartMs, members: rows };
}

/** Cents, though limits beside them are in dollars. */
function spendOf(value: unknown): CursorSpend | null {
  if (!isObject(value)) return null;
  const email = emailOf(value.email);
  const onDemandMicros = centsOf(value.spendCents);
  if (email === null || onDemandMicros === null) return null;
  return { email, onDemandMicros, overallMicros: centsOf(value.overallSpendCents) };
}
