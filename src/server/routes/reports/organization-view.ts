import { z } from 'zod';
import type { Dimension } from '../../../reports/group.ts';
import type { Behind } from '../../../reports/small-groups.ts';
import { isSmall, partsOf, peopleBehind, shownGroups } from '../../../reports/small-groups.ts';
import type { Question } from '../../../reports/usage.ts';
import { ServerError } from '../../errors.ts';
import type { Asked } from './question.ts';

/** The one place that decides whether the organisation's view may answer: never about fewer than five people. */

/** What a report counts: usage of any kind, or single calls alone. */
export type Basis = 'usage' | 'calls';

/** More alternatives of one filter would only be a search for few people. */
const MOST_VALUES = 50;

const TOO_FEW =
  'view: fewer than five people match, which the organisation view does not show; widen the filter or the period';
const TOO_FEW_APART =
  'view: a part of the filter is about fewer than five people, who could be told from the rest; widen the filter or leave the part out';

/**
 * Refuses what fewer than five people match, and what could be subtracted from another answer to tell of so few: where
 * one part of the filter leaves out, or one of its values is of, fewer than five. Says whether the period before may
 * be shown. @throws ServerError `forbidden`
 */
export async function requireGroup(question: Question, basis: Basis): Promise<{ before: boolean }> {
  for (const { column, values } of partsOf(question.filter))
    if (values.length > MOST_VALUES)
      throw new ServerError('invalid', `${column}: the organisation view takes ${MOST_VALUES} alternatives at most`);
  const [now, before] = await peopleBehind(question);
  if (hasFew(now, basis)) throw new ServerError('forbidden', TOO_FEW);
  if (isSmall(now.fewestApart ?? 0)) throw new ServerError('forbidden', TOO_FEW_APART);
  return { before: !hasFew(before, basis) && !isSmall(before.fewestApart ?? 0) };
}

const hasFew = ({ matching, calls }: Behind, basis: Basis): boolean => isSmall(basis === 'calls' ? calls : matching);

/** Whether a report may have a row of a group, or what the group had in the period before. */
export type Shown = (key: string | null, period?: 'now' | 'before') => boolean;

/** Outside the organisation's view all may be shown. */
export async function shownHere(asked: Asked, by: Dimension, basis: Basis = 'usage'): Promise<Shown> {
  if (!asked.anonymous) return () => true;
  const [now, before] = await shownGroups(asked, by, { calls: basis === 'calls' });
  return (key, period = 'now') => (period === 'now' ? now : before).has(key);
}

/** An answer without any number of the period before. */
export function withoutPrevious(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(withoutPrevious);
  if (typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]: [string, unknown]) => {
      if (name === 'trend') return [name, null];
      return [name, name === 'previous' ? withoutNumbers(value) : withoutPrevious(value)];
    }),
  );
}

function withoutNumbers(value: unknown): unknown {
  if (typeof value === 'number') return null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]: [string, unknown]) => [name, withoutNumbers(part)]),
  );
}

type Withheld<Shape extends z.ZodRawShape> = { [Name in keyof Shape]: z.ZodNullable<Shape[Name] & z.ZodType> };

/** Figures that the organisation view may have to leave out: all of them may be null. */
export function orWithheld<Shape extends z.ZodRawShape>({ shape }: z.ZodObject<Shape>): z.ZodObject<Withheld<Shape>> {
  const nullable = Object.entries(shape).map(([name, type]) => [name, z.nullable(type)]);
  // One nullable for each member of the shape, by its name.
  return z.object(Object.fromEntries(nullable) as Withheld<Shape>);
}
