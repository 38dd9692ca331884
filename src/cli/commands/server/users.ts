import type { Context } from '../../context.ts';
import { notice, print, printJson } from '../../output.ts';
import { dayOf, printColumns } from './columns.ts';
import type { OrganizationOptions } from './organization.ts';
import { connectTo } from './organization.ts';

/** As the server answers. */
interface Member {
  email: string;
  name: string | null;
  aliases: string[];
  role: string;
  manager: string | null;
  team: string | null;
  department: string | null;
  active: boolean;
  joinedAt: string | null;
  leftAt: string | null;
  mergedInto: string | null;
}

export interface SetUserOptions extends OrganizationOptions {
  email: string;
  name?: string;
  team?: string;
  department?: string;
  role?: string;
  manager?: string;
  alias?: string;
  from?: string;
  to?: string;
}

export interface MergeOptions extends OrganizationOptions {
  email: string;
  into: string;
}

export interface OneUserOptions extends OrganizationOptions {
  email: string;
}

export interface InviteOptions extends OneUserOptions {
  role?: string;
  days?: number;
}

export async function listUsers(options: OrganizationOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const { members } = (await call('GET', at('members'))) as { members: Member[] };
  if (options.json) return printJson(context, members);
  printColumns(
    context,
    ['E-MAIL', 'NAME', 'TEAM', 'DEPARTMENT', 'ROLE', 'MANAGER', 'JOINED', 'LEFT', 'IS'],
    members.map((one) => [
      ...[one.email, one.name, one.team, one.department, one.role, one.manager],
      ...[dayOf(one.joinedAt), dayOf(one.leftAt), one.mergedInto],
    ]),
  );
}

export async function setUser(options: SetUserOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const { name, team, department, role, manager, alias, from, to } = options;
  const aliases = alias?.split(/[,;\s]+/).filter(Boolean);
  const said = Object.entries({ name, team, department, role, manager, aliases, from, to }).filter(
    ([, value]) => value !== undefined,
  );
  const member = (await call('PUT', at('members', options.email), Object.fromEntries(said))) as Member;
  report(member, options, context);
}

export async function mergeUsers(options: MergeOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const member = (await call('POST', at('members', options.email, 'merge'), { into: options.into })) as Member;
  report(member, options, context);
}

export async function unmergeUser(options: OneUserOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  report((await call('DELETE', at('members', options.email, 'merge'))) as Member, options, context);
}

export async function inviteUser(options: InviteOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const { email, role, days } = options;
  const wanted = { email, ...(role === undefined ? {} : { role }), ...(days === undefined ? {} : { days }) };
  const made = (await call('POST', at('invitations'), wanted)) as { link: string; role: string; expiresAt: string };
  if (options.json) return printJson(context, made);
  print(context, made.link);
  notice(context, `lets ${email} in as ${made.role}, once, until ${dayOf(made.expiresAt)}; it is shown this once`);
}

function report(member: Member, { json }: OrganizationOptions, context: Context): void {
  if (json) return printJson(context, member);
  const { email, team, department, role, active, leftAt, mergedInto } = member;
  const places = [team, department].filter((place) => place !== null).join(', ');
  const state = mergedInto !== null ? `is ${mergedInto}` : active ? role : `left ${dayOf(leftAt)}`;
  print(context, [email, state, ...(places === '' ? [] : [places])].join(' · '));
}
