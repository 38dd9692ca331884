import { ASSISTANTS } from '../../usage/event.ts';
import type { Assistant } from '../../usage/event.ts';
import { microsFromUsd } from '../../usage/money.ts';
import type { Holding, SeatChange } from './holding.ts';
import type { Mapping, Segment } from './mapping.ts';
import type { Member, MemberChange } from './member.ts';
import { ROLES, emailOf, personOf, presentTerm } from './member.ts';
import { MOMENT_RULE, parseMoment, writeMoment } from './moment.ts';

/** The CSV files of people, seats and mappings: written and read in the same columns. */

export const MEMBER_COLUMNS = {
  required: ['email'],
  optional: ['name', 'aliases', 'team', 'department', 'role', 'manager', 'from', 'to'],
} as const;
export const SEAT_COLUMNS = {
  required: ['email', 'assistant', 'tier'],
  optional: ['plan', 'monthly_price', 'from', 'to'],
} as const;
export const MAPPING_COLUMNS = { required: ['actor', 'person'], optional: ['from', 'to'] } as const;

/** What is wrong with a row; shown beside its line. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

type Cells = Readonly<Record<string, string>>;

const cell = (cells: Cells, name: string): string => cells[name] ?? '';
/** An empty cell says nothing. */
const said = <K extends string>(cells: Cells, name: K): Partial<Record<K, string>> =>
  cell(cells, name) === '' ? {} : ({ [name]: cell(cells, name) } as Record<K, string>);

export function mailAddress(text: string, column = 'email'): string {
  if (/^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/.test(text)) return text.toLowerCase();
  throw new RowError(`${column}: "${text}" is no e-mail address`);
}

function moment(cells: Cells, name: 'from' | 'to'): number | undefined {
  const text = cell(cells, name);
  if (text === '') return undefined;
  const ms = parseMoment(text);
  if (ms === null) throw new RowError(`${name}: "${text}" is no ${MOMENT_RULE.replace(/^a /, '')}`);
  return ms;
}

function period(cells: Cells): { fromMs?: number; toMs?: number } {
  const fromMs = moment(cells, 'from');
  const toMs = moment(cells, 'to');
  if (fromMs !== undefined && toMs !== undefined && toMs <= fromMs) throw new RowError('to: must be later than from');
  return { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
}

/** @throws RowError */
export function memberRow(cells: Cells): { email: string; change: MemberChange } {
  const email = mailAddress(cell(cells, 'email'));
  const roleText = cell(cells, 'role').toLowerCase();
  const role = ROLES.find((one) => one === roleText);
  if (roleText !== '' && !role) throw new RowError(`role: "${roleText}" is none of ${ROLES.join(', ')}`);
  const manager = cell(cells, 'manager');
  const aliases = cell(cells, 'aliases');
  return {
    email,
    change: {
      ...said(cells, 'name'),
      ...said(cells, 'team'),
      ...said(cells, 'department'),
      ...(role ? { role } : {}),
      ...(manager === '' ? {} : { manager: mailAddress(manager, 'manager') }),
      ...(aliases === '' ? {} : { aliases: aliases.split(/[;|\s]+/).filter(Boolean) }),
      ...period(cells),
    },
  };
}

export const memberCells = (member: Member, nowMs: number): string[] => {
  const term = presentTerm(member, nowMs);
  const { email, name, aliases, role, manager } = member;
  return [
    ...[email, name ?? '', aliases.join(';'), term?.team ?? '', term?.department ?? '', role, manager ?? ''],
    ...[writeMoment(term?.fromMs ?? null), writeMoment(term?.toMs ?? null)],
  ];
};

/** `1.234,50`, as half the world writes it: a comma with one or two digits after it can be nothing else. */
const withPoint = (price: string): string =>
  /^\D?\d+(?:\.\d{3})*,\d{1,2}$/.test(price) ? price.replaceAll('.', '').replace(',', '.') : price;

/** @throws RowError */
export function seatRow(cells: Cells): { seat: { email: string; assistant: Assistant }; change: SeatChange } {
  const assistantText = cell(cells, 'assistant').toLowerCase();
  const assistant = ASSISTANTS.find((one) => one === assistantText);
  if (!assistant) throw new RowError(`assistant: "${assistantText}" is none of ${ASSISTANTS.join(', ')}`);
  const tier = cell(cells, 'tier');
  if (tier === '') throw new RowError('tier: is empty');
  const price = cell(cells, 'monthly_price');
  const monthlyMicros = price === '' ? undefined : microsFromUsd(withPoint(price));
  if (monthlyMicros === null || (monthlyMicros ?? 0) < 0)
    throw new RowError(`monthly_price: "${price}" is no amount in dollars`);
  return {
    seat: { email: mailAddress(cell(cells, 'email')), assistant },
    change: {
      tier,
      ...said(cells, 'plan'),
      ...(monthlyMicros === undefined ? {} : { monthlyMicros }),
      ...period(cells),
    },
  };
}

/** Micro-dollars as dollars, exactly: `20`, `22.8`. */
const dollars = (micros: number): string => String(Number((micros / 1e6).toFixed(6)));

export const seatCells = ({ email, assistant, spans }: Holding): string[][] =>
  spans.map(({ tier, plan, monthlyMicros, fromMs, toMs }) => [
    ...[email, assistant, tier, plan, dollars(monthlyMicros), writeMoment(fromMs), writeMoment(toMs)],
  ]);

/** @throws RowError */
export function mappingRow(cells: Cells): { actor: string; segment: Segment } {
  const actor = cell(cells, 'actor');
  if (!/^[^:\s]+:.+/.test(actor)) throw new RowError(`actor: "${actor}" has no kind; write it as unmapped lists it`);
  const person = cell(cells, 'person');
  const { fromMs = null, toMs = null } = period(cells);
  return { actor, segment: { fromMs, toMs, person: personText(person) } };
}

/** An e-mail, or an actor that stands for itself. @throws RowError */
export const personText = (text: string): string =>
  /^[^:\s]+:.+/.test(text) ? text : personOf(mailAddress(text, 'person'));

export const mappingCells = ({ actor, segments }: Mapping): string[][] =>
  segments.map(({ person, fromMs, toMs }) => [
    actor,
    emailOf(person) ?? person,
    writeMoment(fromMs),
    writeMoment(toMs),
  ]);
