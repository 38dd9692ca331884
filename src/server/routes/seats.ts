import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ASSISTANTS } from '../../usage/event.ts';
import { ServerError } from '../errors.ts';
import type { People } from '../people.ts';
import { SEAT_COLUMNS, seatCells, seatRow } from '../roster/csv-rows.ts';
import type { Holding } from '../roster/holding.ts';
import { tierPrices } from '../roster/holding.ts';
import { personOf } from '../roster/member.ts';
import type { Versioned } from '../services/entities.ts';
import type { SeatOf } from '../services/seats.ts';
import { importRows } from '../services/import-rows.ts';
import {
  CSV_LIMIT,
  asking,
  csvBody,
  emailText,
  forAdmins as config,
  format,
  importQuery,
  importResult,
  isoOrNull,
  moment,
  orgParams,
  sendCsv,
  version,
} from './people-schemas.ts';

const micros = z.int().nonnegative().max(1e12).describe('Micro-dollars a month');
const holdingSchema = z.object({
  email: z.string(),
  person: z.string(),
  assistant: z.enum(ASSISTANTS),
  spans: z.array(
    z.object({
      from: z.string().nullable().describe('null: always'),
      to: z.string().nullable().describe('null: still'),
      tier: z.string(),
      plan: z.string(),
      monthlyMicros: micros,
    }),
  ),
  version: z.int(),
});
const pricesSchema = z.object({
  prices: z.array(
    z.object({
      assistant: z.enum(ASSISTANTS),
      tier: z.string(),
      plan: z.string(),
      defaultMicros: micros.nullable().describe('The list price; null where each customer agrees on one'),
      monthlyMicros: micros.nullable().describe('What counts'),
      edited: z.boolean(),
    }),
  ),
});
const tierText = z.string().trim().min(1).max(100);
const seatParams = orgParams.extend({ email: emailText, assistant: z.enum(ASSISTANTS) });
const tags = ['people'];

const seatIn = ({ email, assistant }: z.infer<typeof seatParams>): SeatOf => ({ email, assistant });

const shown = ({ value: { email, assistant, spans }, version: seen }: Versioned<Holding>) => ({
  ...{ email, person: personOf(email), assistant, version: seen },
  spans: spans.map(({ fromMs, toMs, tier, plan, monthlyMicros }) => ({
    ...{ from: isoOrNull(fromMs), to: isoOrNull(toMs), tier, plan, monthlyMicros },
  })),
});

/** Seats: who holds which subscription, from when to when, at what price. */
export const seatRoutes: FastifyPluginAsyncZod<{ people: People; now: () => number }> = async (
  app,
  { people: { seats, log, roster }, now },
) => {
  // Under an alias it is the seat of whoever's alias that is, unless it has been kept under the alias before.
  const holders = (org: string): ((seat: SeatOf) => SeatOf) => {
    const owners = roster.takenAliases(org);
    return (seat) => {
      const email = owners.get(personOf(seat.email)) ?? seat.email;
      return seats.has(org, seat) ? seat : { ...seat, email };
    };
  };

  app.get(
    '/api/v1/:org_id/seats',
    {
      config,
      schema: {
        tags,
        summary: 'All seats, past ones too',
        params: orgParams,
        querystring: format,
        response: { 200: z.union([z.object({ seats: z.array(holdingSchema) }), z.string()]) },
      },
    },
    async (request, reply) => {
      const all = seats.holdings.all(request.params.org_id);
      if (request.query.format === 'json') return { seats: all.map(shown) };
      const columns = [...SEAT_COLUMNS.required, ...SEAT_COLUMNS.optional];
      return sendCsv(
        reply,
        'seats',
        columns,
        all.flatMap(({ value }) => seatCells(value)),
      );
    },
  );

  app.put(
    '/api/v1/:org_id/seats/:email/:assistant',
    {
      config,
      schema: {
        tags,
        summary: 'Give a person a seat, or change it; what was held before stays in the past',
        params: seatParams,
        body: z.strictObject({
          tier: tierText,
          monthlyMicros: micros.optional().describe('Default: the price of the tier'),
          plan: z.string().trim().min(1).max(100).optional(),
          from: moment.nullable().optional().describe('null: always. Default: always for a first seat, else now'),
          to: moment.nullable().optional(),
          version,
        }),
        response: { 200: holdingSchema },
      },
    },
    async (request) => {
      const { from, to, version: seen, ...rest } = request.body;
      if (typeof from === 'number' && typeof to === 'number' && to <= from)
        throw new ServerError('invalid', 'to: must be later than from');
      const seat = holders(request.params.org_id)(seatIn(request.params));
      return shown(await seats.put(asking(request, seen), seat, { ...rest, fromMs: from, toMs: to }));
    },
  );

  app.post(
    '/api/v1/:org_id/seats/:email/:assistant/end',
    {
      config,
      schema: {
        tags,
        summary: 'A seat is given back',
        params: seatParams,
        body: z.strictObject({ at: moment.optional().describe('Default: now'), version }),
        response: { 200: holdingSchema },
      },
    },
    async (request) => {
      const seat = holders(request.params.org_id)(seatIn(request.params));
      return shown(await seats.end(asking(request, request.body.version), seat, request.body.at ?? now()));
    },
  );

  app.post(
    '/api/v1/:org_id/seats/import',
    {
      config,
      bodyLimit: CSV_LIMIT,
      schema: {
        tags,
        summary: 'Take a CSV file of seats in: good rows count, bad ones are listed; again, it changes nothing',
        consumes: ['text/csv'],
        params: orgParams,
        querystring: importQuery,
        body: csvBody,
        response: { 200: importResult },
      },
    },
    async (request) => {
      const org = request.params.org_id;
      const prices = seats.pricesOf(org);
      const holder = holders(org);
      return importRows({
        log,
        entities: seats.holdings,
        asking: asking(request),
        csv: request.body,
        columns: SEAT_COLUMNS,
        read: seatRow,
        nameOf: ({ seat, change }) => [seat.email, seat.assistant, change.fromMs],
        steps: (rows) => rows.map(({ seat, change }) => seats.step(org, holder(seat), change, prices)),
        preview: request.query.preview === 'true',
      });
    },
  );

  app.get(
    '/api/v1/:org_id/seat-prices',
    {
      config,
      schema: {
        tags,
        summary: 'Tiers, their plans and what they cost',
        params: orgParams,
        response: { 200: pricesSchema },
      },
    },
    async (request) => ({ prices: tierPrices(seats.pricesOf(request.params.org_id)) }),
  );

  app.put(
    '/api/v1/:org_id/seat-prices/:assistant/:tier',
    {
      config,
      schema: {
        tags,
        summary: 'What a tier costs this organisation, for seats given from now on',
        params: orgParams.extend({ assistant: z.enum(ASSISTANTS), tier: tierText }),
        body: z.strictObject({ monthlyMicros: micros.nullable().describe('null: the list price again'), version }),
        response: { 200: pricesSchema },
      },
    },
    async (request) => {
      const { org_id: org, assistant, tier } = request.params;
      const { monthlyMicros, version: seen } = request.body;
      await seats.putPrice(asking(request, seen), { assistant, tier, monthlyMicros });
      return { prices: tierPrices(seats.pricesOf(org)) };
    },
  );
};
