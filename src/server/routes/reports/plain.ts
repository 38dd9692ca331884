import { z } from 'zod';

/** Makes of a value one that has no fields but those that are described; a value that has nothing else is kept. */
type Reduce = (value: unknown) => unknown;

const keep: Reduce = (value) => value;
const made = new WeakMap<z.ZodType, Reduce>();

/**
 * What reduces an answer to its schema's fields, made once. It does not check their types, and takes a twentieth of the
 * time that this takes.
 */
export function reduceTo(schema: z.ZodType): Reduce {
  const known = made.get(schema);
  if (known) return known;
  const reduce = reducerOf(schema);
  made.set(schema, reduce);
  return reduce;
}

function reducerOf(schema: z.ZodType): Reduce {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return reduceTo(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodArray) return items(reduceTo(schema.element as z.ZodType));
  if (schema instanceof z.ZodObject) return fields(schema.shape);
  if (schema instanceof z.ZodUnion) return oneOf(schema.options as readonly z.ZodType[]);
  return keep;
}

const items =
  (reduce: Reduce): Reduce =>
  (value) => {
    if (!Array.isArray(value)) return value;
    const whole: readonly unknown[] = value;
    const reduced = whole.map(reduce);
    return reduced.every((one, i) => one === whole[i]) ? whole : reduced;
  };

type Whole = Readonly<Record<string, unknown>>;

function fields(shape: Readonly<Record<string, z.ZodType>>): Reduce {
  const keys = Object.keys(shape);
  const parts = Object.entries(shape).map(([key, schema]) => ({ key, reduce: reduceTo(schema) }));
  const deep = parts.filter(({ reduce }) => reduce !== keep);
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const whole = value as Whole;
    const reduced = deep.map(({ key, reduce }) => reduce(whole[key]));
    if (hasOnly(whole, keys) && deep.every(({ key }, i) => reduced[i] === whole[key])) return whole;
    const some: Record<string, unknown> = {};
    for (const key of keys) if (whole[key] !== undefined) some[key] = whole[key];
    deep.forEach(({ key }, i) => {
      if (some[key] !== undefined) some[key] = reduced[i];
    });
    return some;
  };
}

/** No other fields, and these in their order: then it need not be copied, which takes longer than all else. */
function hasOnly(whole: Whole, keys: readonly string[]): boolean {
  let at = 0;
  for (const key in whole) {
    while (at < keys.length && keys[at] !== key) at++;
    if (at++ >= keys.length) return false;
  }
  return true;
}

/** Of several objects, the first that the value has all fields of that may not be left out. */
function oneOf(options: readonly z.ZodType[]): Reduce {
  const choices = options.map((schema) => ({
    keys: schema instanceof z.ZodObject ? requiredKeys(schema) : [],
    reduce: reduceTo(schema),
  }));
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    return choices.find(({ keys }) => keys.every((key) => key in value))?.reduce(value) ?? {};
  };
}

const requiredKeys = ({ shape }: z.ZodObject): string[] =>
  Object.keys(shape).filter((key) => !(shape[key] instanceof z.ZodOptional));
