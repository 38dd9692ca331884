import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Query } from '../../reports/sql.ts';
import type { People } from '../people.ts';
import { MAPPING_COLUMNS, mappingCells, mappingRow } from '../roster/csv-rows.ts';
import type { Mapping, Segment } from '../roster/mapping.ts';
import type { Versioned } from '../services/entities.ts';
import { importRows } from '../services/import-rows.ts';
import { unmappedActors } from '../services/unmapped.ts';
import {
  CSV_LIMIT,
  asking,
  csvBody,
  forAdmins as config,
  format,
  importQuery,
  importResult,
  iso,
  isoOrNull,
  moment,
  orgParams,
  person,
  sendCsv,
  version,
} from './people-schemas.ts';

const mappingSchema = z.object({
  actor: z.string(),
  segments: z.array(
    z.object({
      from: z.string().nullable().describe('null: all of the past'),
      to: z.string().nullable().describe('null: from now on too'),
      person: z.string(),
    }),
  ),
  version: z.int(),
});
const actorText = z
  .string()
  .trim()
  .max(500)
  .regex(/^[^:\s]+:.+$/, 'must have a kind, as in github:ada');
const segment = {
  person,
  from: moment.nullable().default(null).describe('Inclusive; null: all of the past'),
  to: moment.nullable().default(null).describe('Exclusive; null: from now on too'),
};
const byActor = orgParams.extend({ actor: actorText });
const tags = ['people'];

const shown = ({ value: { actor, segments }, version: seen }: Versioned<Mapping>) => ({
  actor,
  version: seen,
  segments: segments.map(({ fromMs, toMs, person: who }) => ({
    from: isoOrNull(fromMs),
    to: isoOrNull(toMs),
    person: who,
  })),
});
const segmentOf = (said: { person: string; from: number | null; to: number | null }): Segment => ({
  fromMs: said.from,
  toMs: said.to,
  person: said.person,
});

/** Who raw actors (keys of vendors, logins) are: read by every report at once, for the past too. */
export const mappingRoutes: FastifyPluginAsyncZod<{ people: People; query: Query }> = async (
  app,
  { people: { mappings, directory, viewOf, log }, query },
) => {
  app.get(
    '/api/v1/:org_id/mappings',
    {
      config,
      schema: {
        tags,
        summary: 'Actors that have been given to people',
        params: orgParams,
        querystring: format,
        response: { 200: z.union([z.object({ mappings: z.array(mappingSchema) }), z.string()]) },
      },
    },
    async (request, reply) => {
      const all = mappings.mappings.all(request.params.org_id).filter(({ value }) => value.segments.length > 0);
      if (request.query.format === 'json') return { mappings: all.map(shown) };
      const columns = [...MAPPING_COLUMNS.required, ...MAPPING_COLUMNS.optional];
      return sendCsv(
        reply,
        'mappings',
        columns,
        all.flatMap(({ value }) => mappingCells(value)),
      );
    },
  );

  app.post(
    '/api/v1/:org_id/mappings',
    {
      config,
      schema: {
        tags,
        summary: 'Say who an actor is, or was for a time; 409 where that time is taken',
        params: orgParams,
        body: z.strictObject({ actor: actorText, ...segment, version }),
        response: { 200: mappingSchema },
      },
    },
    async (request) => {
      const { actor, version: seen, ...said } = request.body;
      const written = await mappings.add(asking(request, seen), actor, segmentOf(said));
      await directory.refresh(request.params.org_id);
      return shown(written);
    },
  );

  app.put(
    '/api/v1/:org_id/mappings/:actor',
    {
      config,
      schema: {
        tags,
        summary: 'All that is said of an actor, in the place of what was; segments must not overlap',
        params: byActor,
        body: z.strictObject({ segments: z.array(z.strictObject(segment)).max(1000), version }),
        response: { 200: mappingSchema },
      },
    },
    async (request) => {
      const { segments, version: seen } = request.body;
      const written = await mappings.put(asking(request, seen), request.params.actor, segments.map(segmentOf));
      await directory.refresh(request.params.org_id);
      return shown(written);
    },
  );

  app.delete(
    '/api/v1/:org_id/mappings/:actor',
    {
      config,
      schema: { tags, summary: 'The actor stands for itself again', params: byActor, response: { 200: mappingSchema } },
    },
    async (request) => {
      const written = await mappings.put(asking(request), request.params.actor, []);
      await directory.refresh(request.params.org_id);
      return shown(written);
    },
  );

  app.post(
    '/api/v1/:org_id/mappings/import',
    {
      config,
      bodyLimit: CSV_LIMIT,
      schema: {
        tags,
        summary: 'Take a CSV file of mappings in: good rows count, bad ones are listed; again, it changes nothing',
        consumes: ['text/csv'],
        params: orgParams,
        querystring: importQuery,
        body: csvBody,
        response: { 200: importResult },
      },
    },
    async (request) => {
      const result = await importRows({
        log,
        entities: mappings.mappings,
        asking: asking(request),
        csv: request.body,
        columns: MAPPING_COLUMNS,
        read: mappingRow,
        nameOf: ({ actor, segment }) => [actor, segment.fromMs],
        steps: (rows) => rows.map((row) => mappings.step(row.actor, row.segment)),
        preview: request.query.preview === 'true',
      });
      await directory.refresh(request.params.org_id);
      return result;
    },
  );

  app.get(
    '/api/v1/:org_id/unmapped',
    {
      config,
      schema: {
        tags,
        summary: 'Actors of the usage that nobody has been named for, the busiest first, with who they may be',
        params: orgParams,
        response: {
          200: z.object({
            actors: z.array(
              z.object({
                actor: z.string(),
                assistants: z.array(z.string()),
                requests: z.int(),
                tokens: z.int(),
                apiEquivalentMicros: z.int(),
                firstAt: z.string(),
                lastAt: z.string(),
                suggestions: z.array(z.object({ person: z.string(), why: z.string() })),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const org = request.params.org_id;
      const actors = await unmappedActors(query, org, viewOf(org));
      return {
        actors: actors.map(({ firstMs, lastMs, ...actor }) => ({
          ...actor,
          firstAt: iso(firstMs),
          lastAt: iso(lastMs),
        })),
      };
    },
  );
};
