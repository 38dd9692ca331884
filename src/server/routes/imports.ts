import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Store } from '../../store/store.ts';
import { parseDate } from '../../usage/days.ts';
import { actorOfKeyName, keyOwners } from '../../vendors/anthropic/key-owners.ts';
import { CsvError } from '../../vendors/csv/csv-error.ts';
import type { ImportHints } from '../../vendors/csv/format.ts';
import { callerOf } from '../access.ts';
import { discardRest } from '../body.ts';
import { ServerError } from '../errors.ts';
import { importFile } from '../imports/import-file.ts';
import type { ImportLog } from '../imports/import-log.ts';
import type { UploadLimits } from '../imports/upload.ts';
import { received, requirePlain, uploaded } from '../imports/upload.ts';
import { answerSlowly, isSlow } from '../slow-answer.ts';

const summarySchema = z.object({
  id: z.string().nullable().describe('Of the entry in the list of imports; null for a preview'),
  format: z.string(),
  formatName: z.string(),
  dryRun: z.boolean(),
  rows: z.int().describe('Rows of the file, its header not counted'),
  added: z.int().describe('Events that were not there before'),
  known: z.int().describe('Events that were there before, by whatever road'),
  duplicates: z.int().describe('Rows that say what another row of the file says'),
  people: z.int().describe('Distinct actors'),
  days: z.object({ count: z.int(), first: z.string().nullable(), last: z.string().nullable() }),
  requests: z.int(),
  tokens: z.int().describe('All kinds together'),
  problems: z
    .object({ count: z.int(), lines: z.array(z.object({ line: z.int(), reason: z.string() })) })
    .describe('Rows that were left out; the first thousand are listed'),
  notes: z.array(z.string()),
});

const recordSchema = z.object({
  id: z.string(),
  at: z.string(),
  by: z.string(),
  name: z.string().nullable(),
  format: z.string(),
  rows: z.int(),
  added: z.int(),
  known: z.int(),
  duplicates: z.int(),
  problems: z.int(),
});

const asked = z.strictObject({
  dryRun: z.enum(['true', 'false']).default('false').describe('Read and count, write nothing'),
  name: z.string().max(200).optional().describe("The file's name, for the list of imports"),
  user: z.email().optional().describe('Whose usage it is, where the file names nobody'),
  from: z.iso.date().optional().describe('The first day of totals that name no days'),
  to: z.iso.date().optional().describe('The first day after them'),
  tier: z.string().max(64).optional().describe('The subscription that rows of Cursor ran under'),
});

export interface ImportDependencies {
  store: Store;
  imports: ImportLog;
  /** E-mails of the roster's members. */
  members: (org: string) => readonly string[];
  now: () => number;
  limits: UploadLimits;
  /** Where files are kept until they are read. */
  folder: string;
  /** After so long the answer begins, though there is nothing to say yet. */
  patienceMs?: number;
}

/** CSV files of vendors and of our own export: a preview, or taking them in. The body is read as a stream. */
export const importRoutes: FastifyPluginAsyncZod<ImportDependencies> = async (app, dependencies) => {
  const { imports, limits, patienceMs = 20_000 } = dependencies;
  const config = { access: { kind: 'organization', atLeast: 'admin' } } as const;
  const params = z.object({ org_id: z.string() });
  const tags = ['imports'];
  const running = new Set<string>();

  app.removeAllContentTypeParsers();
  // One byte more than is allowed: a longer file has to be refused, not cut off.
  await app.register(multipart, { limits: { files: 1, fields: 16, fileSize: limits.maxBytes + 1 } });
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  app.post(
    '/api/v1/:org_id/imports',
    {
      config: { ...config, upload: true },
      schema: {
        tags,
        summary: 'Take a CSV file in, or preview it: good rows are taken, bad ones listed by line',
        description:
          'The body is the file, or a form (multipart/form-data) with one file. Rows that are there already change nothing. A file that broke off can be sent again. Where it takes long, the answer begins with blanks, its status is 200, and `error` in it says what went wrong.',
        params,
        querystring: asked,
        response: { 200: summarySchema },
      },
    },
    async (request, reply) => {
      const { org_id: org } = request.params;
      if (running.has(org)) throw new ServerError('conflict', 'another file is being imported: wait until it is done');
      running.add(org);
      const summary = take(request, org, request.query, dependencies)
        .catch((error: unknown) => {
          // Who still sends would not hear the answer.
          discardRest(request.raw, limits);
          throw error instanceof CsvError
            ? new ServerError('invalid', [error.message, error.hint].filter(Boolean).join('. '), { cause: error })
            : error;
        })
        .finally(() => running.delete(org));
      if (await isSlow(summary, patienceMs)) return await answerSlowly(summary, request, reply);
      return await summary;
    },
  );

  app.get(
    '/api/v1/:org_id/imports',
    {
      config,
      schema: {
        tags,
        summary: 'Files that were taken in, newest first',
        params,
        response: { 200: z.object({ imports: z.array(recordSchema) }) },
      },
    },
    async (request) => ({
      imports: imports
        .list(request.params.org_id)
        .map(({ atMs, ...record }) => ({ ...record, at: new Date(atMs).toISOString() })),
    }),
  );
};

async function take(
  request: FastifyRequest,
  org: string,
  query: z.infer<typeof asked>,
  { store, imports, members, now, limits, folder }: ImportDependencies,
): Promise<z.infer<typeof summarySchema>> {
  requirePlain(request.raw);
  const { file, name } = await fileOf(request);
  const dryRun = query.dryRun === 'true';
  const options = { org, dryRun, tier: query.tier ?? null, hints: hintsOf(query, members(org), now()) };
  const summary = await importFile(received(uploaded(file, limits), folder), options, store);
  if (dryRun) return { id: null, ...summary };
  const { id } = await imports.add(org, callerOf(request).keyId, query.name ?? name, summary);
  return { id, ...summary };
}

async function fileOf(request: FastifyRequest): Promise<{ file: Readable; name: string | null }> {
  // Our parser hands the stream itself over.
  if (!request.isMultipart()) return { file: (request.body ?? request.raw) as Readable, name: null };
  const part = await request.file();
  if (!part) throw new ServerError('invalid', 'the form holds no file');
  return { file: part.file, name: part.filename.slice(0, 200) || null };
}

function hintsOf({ user, from, to }: z.infer<typeof asked>, emails: readonly string[], nowMs: number): ImportHints {
  const owners = keyOwners(
    [],
    emails.map((email) => ({ id: email, email, name: null, role: null })),
  );
  return {
    user: user?.toLowerCase() ?? null,
    period: periodOf(from, to),
    nowMs,
    actorOfKey: (name) => actorOfKeyName(owners, name),
  };
}

const LONGEST_PERIOD = 366;

function periodOf(from: string | undefined, to: string | undefined): ImportHints['period'] {
  if (from === undefined && to === undefined) return null;
  const [fromDay, toDay] = [parseDate(from ?? ''), parseDate(to ?? '')];
  if (fromDay === null || toDay === null)
    throw new ServerError('invalid', 'from and to: both are needed, as dates such as 2026-11-01');
  if (toDay <= fromDay)
    throw new ServerError('invalid', 'to: it is the first day no longer counted, so later than from');
  if (toDay - fromDay > LONGEST_PERIOD)
    throw new ServerError('invalid', `to: at most ${LONGEST_PERIOD} days after from`);
  return { fromDay, toDay };
}
