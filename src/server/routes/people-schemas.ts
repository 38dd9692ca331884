import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Cell } from '../../reports/csv.ts';
import { csvLines } from '../../reports/csv.ts';
import { callerOf } from '../access.ts';
import { RowError, personText } from '../roster/csv-rows.ts';
import { MOMENT_RULE, parseMoment } from '../roster/moment.ts';
import type { Asking } from '../services/roster.ts';

/** What the routes about people have in common. */

export const forAdmins = { access: { kind: 'organization', atLeast: 'admin' } } as const;

export const orgParams = z.object({ org_id: z.string() });

export const emailText = z
  .string()
  .trim()
  .regex(/^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/, 'is no e-mail address')
  .transform((text) => text.toLowerCase());

/** A time as ms UTC. */
export const moment = z
  .string()
  .transform((text, context) => {
    const ms = parseMoment(text);
    if (ms !== null) return ms;
    context.addIssue({ code: 'custom', message: `is no ${MOMENT_RULE.replace(/^a /, '')}` });
    return z.NEVER;
  })
  .describe(`${MOMENT_RULE}; a date stands for its start in UTC`);

export const person = z
  .string()
  .transform((text, context) => {
    try {
      return personText(text.trim());
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      context.addIssue({ code: 'custom', message: 'is neither an e-mail address nor an actor such as github:ada' });
      return z.NEVER;
    }
  })
  .describe('An e-mail address, or an actor that stands for itself');

export const version = z
  .int()
  .nonnegative()
  .optional()
  .describe('The version that you have seen (0: none): if it is another by now the answer is 409');

export const iso = (ms: number): string => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

/** Who asks, for what. */
export const asking = (request: FastifyRequest, seen?: number): Asking => ({
  org: (request.params as { org_id: string }).org_id,
  author: callerOf(request).keyId,
  version: seen,
});

export const format = z.strictObject({ format: z.enum(['json', 'csv']).default('json') });

/** Answers with a file that spreadsheets open. */
export function sendCsv(
  reply: FastifyReply,
  name: string,
  header: readonly string[],
  rows: Iterable<readonly Cell[]>,
): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .send([...csvLines(header, rows)].join(''));
}

export const csvBody = z.string().describe('A CSV file with a header line');
export const importQuery = z.strictObject({
  preview: z.enum(['true', 'false']).default('false').describe('true: say what would happen, change nothing'),
});
export const importResult = z.object({
  rows: z.int(),
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  rejected: z.array(z.object({ line: z.int(), problem: z.string() })),
  ignoredColumns: z.array(z.string()),
  preview: z.boolean(),
});

/** The most bytes of an uploaded file: some 100,000 people. */
export const CSV_LIMIT = 8 << 20;
