import { emailOf, isObject, membersOf, numberOf, textOf } from '../json-values.ts';
import type { VendorApi } from '../vendor-api.ts';
import { malformed } from '../vendor-error.ts';

export interface CursorMember {
  id: string | null;
  email: string;
  name: string | null;
  /** `member` `owner` `free-owner`: the last pays no seat. */
  role: string | null;
  isRemoved: boolean;
}

/** Everybody of the team, those who were removed too. @throws VendorError */
export async function readMembers(api: Pick<VendorApi, 'get'>): Promise<CursorMember[]> {
  const { body } = await api.get('/teams/members');
  const { teamMembers } = membersOf(body);
  if (!Array.isArray(teamMembers)) throw malformed('Cursor', 'it holds no members');
  return teamMembers.flatMap((value: unknown) => {
    if (!isObject(value)) return [];
    const email = emailOf(value.email);
    if (email === null) return [];
    // Older servers send numbers.
    const id = textOf(value.id) ?? numberOf(value.id)?.toString() ?? null;
    return [{ id, email, name: textOf(value.name), role: textOf(value.role), isRemoved: value.isRemoved === true }];
  });
}

/** Who holds a paid seat now. */
export const seatHolders = (members: readonly CursorMember[]): CursorMember[] =>
  members.filter(({ role, isRemoved }) => !isRemoved && role !== 'free-owner');
