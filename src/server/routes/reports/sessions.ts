import { z } from 'zod';
import { periodOf } from '../../../reports/period.ts';
import { session } from '../../../reports/session.ts';
import type { SessionRow } from '../../../reports/session-list.ts';
import { sessionList } from '../../../reports/session-list.ts';
import { ServerError } from '../../errors.ts';
import { shownSpan, shownTime, span } from './answer.ts';
import { cursorOf, limitShape, readCursor } from './page.ts';
import { personShape, shownPerson } from './person.ts';
import type { Asked } from './question.ts';
import { reportRoute } from './report-route.ts';

const row = z.object({
  sessionId: z.string().nullable().describe('Null: a run of an assistant without session ids'),
  ...personShape,
  assistant: z.string(),
  startAt: z.string().nullable(),
  endAt: z.string().nullable(),
  durationMs: z.number().describe('Working time, without pauses of over 30 minutes'),
  requests: z.number(),
  exchanges: z.number(),
  tokens: z.number(),
  outputTokens: z.number(),
  apiEquivalentMicros: z.number(),
  errors: z.number(),
  project: z.string().nullable(),
  repository: z.string().nullable(),
  model: z.string().nullable().describe('One of its models, where it has several'),
  models: z.number(),
  shallow: z.boolean(),
});
/** Sessions of a table that are held at once. */
const TABLE_PAGE = 20_000;
const cursorSchema = z.object({ endMs: z.number().int(), name: z.string() });

function refuseSingle(asked: Asked): void {
  if (asked.anonymous) throw new ServerError('invalid', 'view: the organisation view shows no single session');
}

const shownRow = ({ person, startMs, endMs, ...one }: SessionRow, asked: Asked) => ({
  ...one,
  ...shownPerson(person, asked),
  startAt: shownTime(startMs),
  endAt: shownTime(endMs),
});

export const sessionsRoute = reportRoute({
  paths: ['/api/v1/:org_id/sessions'],
  summary: 'Sessions, the latest first, page by page; the table has all',
  query: limitShape,
  answer: z.object({ ...span.shape, rows: z.array(row), nextCursor: z.string().nullable() }),
  row,
  answerTo: async (asked, { limit, cursor }) => {
    refuseSingle(asked);
    const { rows, next } = await sessionList(asked, limit, readCursor(cursor, cursorSchema));
    return {
      ...shownSpan(periodOf(asked.range).range),
      rows: rows.map((one) => shownRow(one, asked)),
      nextCursor: next && cursorOf({ ...next }),
    };
  },
  rowsOf: ({ rows }) => rows,
  pagesOf: async function* (asked, { cursor }) {
    refuseSingle(asked);
    for (let after = readCursor(cursor, cursorSchema), isLast = false; !isLast;) {
      const { rows, next } = await sessionList(asked, TABLE_PAGE, after);
      yield rows.map((one) => shownRow(one, asked));
      [after, isLast] = [next, next === null];
    }
  },
});

const call = z.object({
  at: z.string().nullable(),
  model: z.string().nullable(),
  agent: z.string().nullable(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheWriteTokens: z.number(),
  apiEquivalentMicros: z.number().nullable(),
  durationMs: z.number().nullable(),
  ttftMs: z.number().nullable(),
  status: z.string(),
});

export const sessionRoute = reportRoute({
  paths: ['/api/v1/:org_id/sessions/:session_id'],
  summary: 'One session, call by call; whenever it was',
  params: { session_id: z.string() },
  answer: z.object({
    sessionId: z.string(),
    ...personShape,
    assistant: z.string(),
    truncated: z.boolean().describe('It has more calls than the 2,000 that are listed'),
    calls: z.array(call),
    tools: z.array(z.object({ name: z.string().nullable(), results: z.number(), failures: z.number() })),
  }),
  row: call,
  answerTo: async (asked, { session_id: id }) => {
    refuseSingle(asked);
    const found = await session(asked, id);
    if (!found) throw new ServerError('notFound', 'session_id: no such session');
    const { person, calls, ...rest } = found;
    return {
      ...rest,
      ...shownPerson(person, asked),
      calls: calls.map(({ atMs, ...one }) => ({ ...one, at: shownTime(atMs) })),
    };
  },
  rowsOf: ({ calls }) => calls,
});
