import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { reduceTo } from '../../src/server/routes/reports/plain.ts';
import { REPORT_ROUTES } from '../../src/server/routes/reports/routes.ts';

const row = z.object({
  unusedSeats: z.boolean(),
  cost: z.number().nullable(),
  previous: z.object({ cost: z.number() }).nullable(),
  models: z.array(z.object({ name: z.string() })),
  missing: z.record(z.string(), z.string()),
});
const schema = z.object({
  from: z.string(),
  rows: z.array(z.union([row.extend({ user: z.string(), team: z.string() }), row.extend({ user: z.string() })])),
});

const more = { secret: fc.option(fc.string(), { nil: undefined }) };
const value = fc.record({
  ...more,
  from: fc.string(),
  rows: fc.array(
    fc.record(
      {
        ...more,
        user: fc.string(),
        team: fc.string(),
        unusedSeats: fc.boolean(),
        cost: fc.option(fc.nat()),
        previous: fc.option(fc.record({ ...more, cost: fc.nat() })),
        models: fc.array(fc.record({ ...more, name: fc.string() })),
        missing: fc.dictionary(fc.constantFrom('seats', 'github'), fc.string()),
      },
      { requiredKeys: ['user', 'unusedSeats', 'cost', 'previous', 'models', 'missing'] },
    ),
  ),
});

it('leaves what the schema itself would leave', () => {
  fc.assert(
    fc.property(value, (one) => {
      expect(JSON.parse(JSON.stringify(reduceTo(schema)(one)))).toEqual(
        JSON.parse(JSON.stringify(z.encode(schema, one as z.input<typeof schema>))),
      );
    }),
  );
});

function kindsIn(one: z.ZodType, found = new Set<string>()): Set<string> {
  found.add(one.def.type);
  if (one instanceof z.ZodNullable || one instanceof z.ZodOptional || one instanceof z.ZodDefault)
    kindsIn(one.unwrap() as z.ZodType, found);
  if (one instanceof z.ZodArray) kindsIn(one.element as z.ZodType, found);
  if (one instanceof z.ZodObject) for (const part of Object.values(one.shape)) kindsIn(part as z.ZodType, found);
  if (one instanceof z.ZodUnion) for (const part of one.options) kindsIn(part as z.ZodType, found);
  return found;
}

// Of any other kind it would let fields through that are not described.
it('knows all kinds of schemas that reports have', () => {
  const known = ['array', 'boolean', 'default', 'enum', 'nullable', 'number', 'object', 'optional', 'record', 'string'];
  for (const { paths, answer } of REPORT_ROUTES)
    for (const kind of kindsIn(answer))
      expect([paths[0], [...known, 'union', 'literal']]).toEqual([paths[0], expect.arrayContaining([kind])]);
});
