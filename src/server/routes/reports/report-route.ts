import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Scope } from '../../services/keys.ts';
import { callerOf } from '../../access.ts';
import type { ReportAccess } from '../../report-access.ts';
import type { Row } from './csv-rows.ts';
import { csvOf, csvOfPages, inPieces } from './csv-rows.ts';
import type { Basis } from './organization-view.ts';
import { requireGroup, withoutPrevious } from './organization-view.ts';
import { reduceTo } from './plain.ts';
import type { Asked, AskedFilters } from './question.ts';
import { asInvalid, filterShape, readQuestion } from './question.ts';

/** A report as the API has it: its addresses, its own parameters, the shape of its answer. */
export interface ReportRoute {
  /** Below `/:org_id/sessions/analytics/` or `/api/v1/:org_id/`. */
  paths: readonly string[];
  summary: string;
  tag: string;
  atLeast: Scope;
  /** What of at least five people must be there for the organisation's view; null: it says nothing of anybody. */
  basis: Basis | null;
  /** Parameters besides the filters. */
  query: z.ZodRawShape;
  /** Parameters of the path besides the organisation. */
  params: z.ZodRawShape;
  answer: z.ZodObject;
  answerTo: (asked: Asked, options: never) => Promise<Record<string, unknown>>;
  /** The rows of an answer, for a table. */
  rowsOf: (answer: never) => Iterable<Row>;
  /** For a table that is too long to be held: its rows page by page, in the place of the two above. */
  pagesOf?: ((asked: Asked, options: never) => AsyncIterable<Iterable<Row>>) | undefined;
  /** What one row has, or has under these options; its keys are the table's columns. */
  row: z.ZodType | ((options: never) => z.ZodType);
}

interface Described<Query extends z.ZodRawShape, Params extends z.ZodRawShape, Answer extends z.ZodObject> {
  paths: readonly string[];
  summary: string;
  tag?: string;
  atLeast?: Scope;
  basis?: Basis | null;
  query?: Query;
  params?: Params;
  answer: Answer;
  answerTo: (
    asked: Asked,
    options: z.output<z.ZodObject<Query>> & z.output<z.ZodObject<Params>>,
  ) => Promise<z.input<Answer>>;
  rowsOf: (answer: z.input<Answer>) => Iterable<Row>;
  pagesOf?: (
    asked: Asked,
    options: z.output<z.ZodObject<Query>> & z.output<z.ZodObject<Params>>,
  ) => AsyncIterable<Iterable<Row>>;
  row: z.ZodType | ((options: z.output<z.ZodObject<Query>>) => z.ZodType);
}

/** Checks that a report's parts fit each other. */
export function reportRoute<
  Answer extends z.ZodObject,
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a shape without parameters
  Query extends z.ZodRawShape = {},
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a shape without parameters
  Params extends z.ZodRawShape = {},
>(described: Described<Query, Params, Answer>): ReportRoute {
  return { tag: 'reports', atLeast: 'member', basis: 'usage', query: {}, params: {}, ...described };
}

const organization = { org_id: z.string() };

/** Puts a report at its addresses. */
export function serveReport(app: FastifyInstance, access: ReportAccess, report: ReportRoute): void {
  const querystring = z.strictObject({ ...filterShape, ...report.query });
  for (const url of report.paths)
    app.get(
      url,
      {
        config: { access: { kind: 'organization', atLeast: report.atLeast } },
        schema: {
          tags: [report.tag],
          summary: report.summary,
          params: z.object({ ...organization, ...report.params }),
          querystring,
          response: { 200: report.answer },
        },
      },
      async (request, reply) => {
        const params = request.params as { org_id: string };
        const options = request.query as AskedFilters;
        const asked = readQuestion(params.org_id, options, callerOf(request), access);
        const row = typeof report.row === 'function' ? report.row(options as never) : report.row;
        if (options.format === 'csv' && report.pagesOf) {
          const pages = report.pagesOf(asked, { ...params, ...options } as never);
          return sendCsv(reply, url, csvOfPages(row, await begun(pages).catch(asInvalid)));
        }
        const answer = await answerOf(report, asked, { ...params, ...options });
        if (options.format === 'csv') return sendCsv(reply, url, inPieces(csvOf(row, report.rowsOf(answer as never))));
        return sendJson(request, reply, reduceTo(report.answer)(answer));
      },
    );
}

async function answerOf(report: ReportRoute, asked: Asked, options: object): Promise<unknown> {
  const answer = (): Promise<unknown> => report.answerTo(asked, options as never).catch(asInvalid);
  if (!asked.anonymous || report.basis === null) return await answer();
  const shows = await requireGroup(asked, report.basis);
  return shows.before ? await answer() : withoutPrevious(await answer());
}

/** What goes wrong before the first page is there is still answered as such. */
async function begun<T>(pages: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const rest = pages[Symbol.asyncIterator]();
  const first = await rest.next();
  return (async function* () {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
  })();
}

function sendCsv(reply: FastifyReply, url: string, pieces: Iterable<string> | AsyncIterable<string>): FastifyReply {
  const name = url.split('/').at(-1)?.replace(/\W+/g, '-') ?? 'report';
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .header('cache-control', 'private, no-store')
    .send(Readable.from(pieces));
}

/** So long an answer is not checked against its schema once more: that takes longer than all the rest. */
const LONG_CHARACTERS = 100_000;

/** Asked again, the same answer is only said to be the same. */
function sendJson(request: FastifyRequest, reply: FastifyReply, answer: unknown): unknown {
  const text = JSON.stringify(answer);
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
  void reply.header('etag', etag).header('cache-control', 'private, no-cache');
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) return reply.code(304).send();
  return text.length < LONG_CHARACTERS ? answer : reply.type('application/json; charset=utf-8').send(text);
}
