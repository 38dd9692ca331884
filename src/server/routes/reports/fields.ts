import { z } from 'zod';
import type { Figures } from '../../../reports/figures.ts';
import { FIGURES, figuresFrom, figuresOf } from '../../../reports/figures.ts';
import { recordOf } from '../../../reports/record.ts';
import type { Totals } from '../../../reports/totals.ts';
import { figures } from './answer.ts';
import { orWithheld } from './organization-view.ts';

const NAMES = FIGURES.map(({ key }) => key);
const KNOWN: ReadonlySet<string> = new Set(NAMES);

/** The figures that rows are asked to have; undefined: all of them. */
export type Fields = ReadonlySet<string> | undefined;

/** The parameter of lists whose rows carry figures: a list of everybody has a thousand numbers for each that is shown. */
export const fieldsShape = {
  fields: z
    .string()
    .transform((text, context): Fields => {
      const names = text
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');
      if (names.some((name) => !KNOWN.has(name))) {
        context.addIssue(`takes names of figures with commas between them, of these: ${NAMES.join(', ')}`);
        return z.NEVER;
      }
      return names.length === 0 ? undefined : new Set(names);
    })
    .optional()
    .describe(
      'Names of figures with commas between them: the rows, and their `previous`, have these alone; left out: all of them',
    )
    .meta({ example: 'totalSessions,costMicros' }),
};

/** The figures of a row that may be asked to have only some. */
export const someFigures = figures.partial();
export const someOrWithheld = orWithheld(figures).partial();

const wantedOf = (fields: ReadonlySet<string>) => FIGURES.filter(({ key }) => fields.has(key));

/** What makes the figures of rows. */
export const figuresUnder = (fields: Fields): ((totals: Totals) => Figures) =>
  fields === undefined ? figuresFrom : figuresOf(wantedOf(fields));

/** The same of figures that are made already. */
export function pickedUnder(fields: Fields): (all: Figures) => Figures {
  if (fields === undefined) return (all) => all;
  const keys = wantedOf(fields).map(({ key }) => key);
  const blank = recordOf<number>(keys);
  return (all) => {
    const some = blank();
    for (const key of keys) some[key] = all[key] ?? null;
    return some;
  };
}

/** A row without the columns of a table that are not asked for. */
export function rowUnder(row: z.ZodObject, fields: Fields): z.ZodObject {
  if (fields === undefined) return row;
  const kept = Object.entries(row.shape).filter(([key]) => !KNOWN.has(key) || fields.has(key));
  return z.object(
    Object.fromEntries(
      kept.map(([key, type]) => {
        const inner: unknown = type instanceof z.ZodNullable ? type.unwrap() : type;
        return [key, key === 'previous' && inner instanceof z.ZodObject ? rowUnder(inner, fields) : type];
      }),
    ),
  );
}
