import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Failure } from '../../errors.ts';
import { DateError } from '../../usage/date-error.ts';
import { resolveRange } from '../../usage/dates.ts';
import { DAY_MS } from '../../usage/days.ts';
import type { Span } from '../../vendors/sync-part.ts';
import { callerOf } from '../access.ts';
import { ServerError } from '../errors.ts';
import type { SyncRun, Vendor } from '../sync/sync-run.ts';
import { VENDORS } from '../sync/sync-run.ts';
import type { VendorData } from '../vendor-data.ts';

const span = z.object({ from: z.string(), to: z.string() });
const syncSchema = z.object({
  id: z.string(),
  vendor: z.enum(VENDORS),
  state: z
    .enum(['running', 'done', 'partial', 'failed', 'interrupted'])
    .describe('partial: some parts failed. interrupted: the server was stopped; the next sync goes on'),
  trigger: z.enum(['schedule', 'request']),
  asked: span.nullable().describe('Null: what is new, and what may have been revised'),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
  fetched: z.int().describe('Rows as the vendor counts them'),
  unreadable: z.int(),
  written: z.int().describe('Rows of days or hours that were not as they are now'),
  parts: z.array(
    z.object({
      name: z.string(),
      fetched: z.int(),
      unreadable: z.int(),
      written: z.int(),
      coveredTo: z.string().nullable().describe('Up to here regular syncs have read everything'),
      left: z.array(span).describe('Still to be read'),
      error: z.string().nullable(),
    }),
  ),
  warnings: z.array(z.string()),
  error: z.string().nullable(),
  nextAt: z.string().nullable(),
});

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOr = (ms: number | null): string | null => (ms === null ? null : iso(ms));
const shownSpan = ({ fromMs, toMs }: Span) => ({ from: iso(fromMs), to: iso(toMs) });

function shown(run: SyncRun): z.infer<typeof syncSchema> {
  const sum = (name: 'fetched' | 'unreadable' | 'written'): number =>
    run.parts.reduce((all, one) => all + one[name], 0);
  return {
    id: run.id,
    vendor: run.vendor,
    state: run.state,
    trigger: run.trigger,
    asked: run.asked && shownSpan(run.asked),
    startedAt: iso(run.startedMs),
    finishedAt: isoOr(run.finishedMs),
    durationMs: run.finishedMs === null ? null : run.finishedMs - run.startedMs,
    fetched: sum('fetched'),
    unreadable: sum('unreadable'),
    written: sum('written'),
    parts: run.parts.map(({ name, fetched, unreadable, written, coveredToMs, left, error }) => ({
      ...{ name, fetched, unreadable, written, error },
      coveredTo: isoOr(coveredToMs),
      left: left.map(shownSpan),
    })),
    warnings: [...run.warnings],
    error: run.error,
    nextAt: isoOr(run.nextMs),
  };
}

const asked = {
  startDate: z.string().optional().describe('Inclusive; a calendar day in UTC, or a time'),
  endDate: z.string().optional().describe('Exclusive; a day stands for its start. Default: now'),
};

/** Some reports take a request for each day. */
const LONGEST_MS = 3660 * DAY_MS;

/** Without a start a sync reads what is new. @throws ServerError `invalid` */
function askedSpan(
  { startDate, endDate }: { startDate?: string | undefined; endDate?: string | undefined },
  nowMs: number,
) {
  if (startDate === undefined) {
    if (endDate !== undefined) throw new ServerError('invalid', 'endDate: say startDate too');
    return null;
  }
  try {
    const { fromMs, toMs } = resolveRange({ from: startDate, to: endDate }, nowMs);
    if (fromMs >= nowMs) throw new ServerError('invalid', 'startDate: it lies in the future');
    if (toMs - fromMs > LONGEST_MS) throw new ServerError('invalid', 'startDate: ten years are the most at once');
    return { fromMs, toMs: Math.min(toMs, nowMs) };
  } catch (error) {
    if (!(error instanceof DateError)) throw error;
    const message = error.message.replace(/^from:/, 'startDate:').replace(/^to:/, 'endDate:');
    throw new ServerError('invalid', message, { cause: error });
  }
}

/** Syncs of vendors: started by an admin, or by whoever has CRON_SECRET, and looked at by admins. */
export const syncRoutes: FastifyPluginAsyncZod<{ vendors: VendorData; now: () => number }> = async (app, options) => {
  const { vendors, now } = options;
  const { syncs, connections } = vendors;
  const config = { access: { kind: 'organization', atLeast: 'admin' } } as const;
  const tags = ['syncs'];
  const org = z.object({ org_id: z.string() });

  app.post(
    '/api/sync',
    {
      config: { access: { kind: 'clock' } },
      schema: {
        tags,
        summary: 'Start a sync of every connected vendor, or of those named',
        description:
          "By an admin's key for its organisation, or with CRON_SECRET as a bearer token for all. The answer comes at once; the syncs go on.",
        body: z.strictObject({ ...asked, vendors: z.array(z.enum(VENDORS)).optional() }).nullish(),
        response: {
          202: z.object({
            syncs: z.array(syncSchema.extend({ org: z.string() })),
            notStarted: z.array(z.object({ org: z.string(), vendor: z.enum(VENDORS), reason: z.string() })),
          }),
        },
      },
    },
    async (request, reply) => {
      const wanted = request.body ?? {};
      const span = askedSpan(wanted, now());
      const started: { org: string; run: SyncRun }[] = [];
      const notStarted: { org: string; vendor: Vendor; reason: string }[] = [];
      const { caller } = request;
      for (const { org: name, vendor } of connections.connected()) {
        if (caller && caller.org !== name) continue;
        if (wanted.vendors && !wanted.vendors.includes(vendor)) continue;
        const author = caller?.keyId ?? 'cron';
        try {
          const run = await syncs.start({ org: name, vendor, asked: span, trigger: 'request', author });
          started.push({ org: name, run });
        } catch (error) {
          const reason = reasonOf(error);
          notStarted.push({ org: name, vendor, reason });
        }
      }
      const answer = started.map((one) => ({ ...shown(one.run), org: one.org }));
      return reply.code(202).send({ syncs: answer, notStarted });
    },
  );

  app.post(
    '/api/v1/:org_id/syncs',
    {
      config,
      schema: {
        tags,
        summary: 'Start a sync of one vendor',
        description:
          "By an admin's key, or from the settings: an admin's session may start it from a page of this server. `POST /api/sync`, for programs, takes no session.",
        params: org,
        body: z.strictObject({ vendor: z.enum(VENDORS), ...asked }),
        response: { 202: syncSchema },
      },
    },
    async (request, reply) => {
      const { vendor, ...range } = request.body;
      const run = await syncs.start({
        ...{ org: request.params.org_id, vendor, trigger: 'request' },
        asked: askedSpan(range, now()),
        author: callerOf(request).keyId,
      });
      return reply.code(202).send(shown(run));
    },
  );

  app.get(
    '/api/v1/:org_id/syncs',
    {
      config,
      schema: {
        tags,
        summary: 'The syncs of late, newest first',
        params: org,
        querystring: z.object({
          vendor: z.enum(VENDORS).optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(50),
        }),
        response: { 200: z.object({ syncs: z.array(syncSchema) }) },
      },
    },
    async ({ params, query: { vendor, limit } }) => {
      const runs = syncs.runs(params.org_id, vendor ? [vendor] : VENDORS);
      return { syncs: runs.slice(0, limit).map(shown) };
    },
  );

  app.get(
    '/api/v1/:org_id/syncs/:id',
    {
      config,
      schema: { tags, summary: 'One sync', params: org.extend({ id: z.string() }), response: { 200: syncSchema } },
    },
    async ({ params }) => shown(syncs.run(params.org_id, params.id)),
  );
};

/** What a failure says to whoever asked for several syncs. */
function reasonOf(error: unknown): string {
  if (error instanceof ServerError || error instanceof Failure) return error.message;
  throw error;
}
