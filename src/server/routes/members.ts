import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf } from '../access.ts';
import { ServerError } from '../errors.ts';
import type { People } from '../people.ts';
import { MEMBER_COLUMNS, memberCells, memberRow } from '../roster/csv-rows.ts';
import type { Member } from '../roster/member.ts';
import { ROLES, emailOf, isActive, personOf, presentTerm } from '../roster/member.ts';
import type { Versioned } from '../services/entities.ts';
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
  iso,
  isoOrNull,
  moment,
  orgParams,
  sendCsv,
  version,
} from './people-schemas.ts';

const term = z.object({
  from: z.string().nullable().describe('null: always'),
  to: z.string().nullable().describe('null: still'),
  team: z.string().nullable(),
  department: z.string().nullable(),
});
const memberSchema = z.object({
  email: z.string(),
  person: z.string().describe('As reports name this person'),
  name: z.string().nullable(),
  aliases: z.array(z.string()),
  role: z.enum(ROLES),
  manager: z.string().nullable(),
  team: z.string().nullable(),
  department: z.string().nullable(),
  active: z.boolean(),
  joinedAt: z.string().nullable(),
  leftAt: z.string().nullable(),
  terms: z.array(term),
  mergedInto: z.string().nullable(),
  version: z.int(),
});
const change = z.strictObject({
  name: z.string().trim().max(200).nullable().optional(),
  aliases: z
    .array(z.string().trim().min(1).max(200))
    .max(50)
    .optional()
    .describe('Other e-mail addresses, and actors such as github:ada'),
  role: z.enum(ROLES).optional(),
  manager: emailText.nullable().optional(),
  team: z.string().trim().min(1).max(200).nullable().optional(),
  department: z.string().trim().min(1).max(200).nullable().optional(),
  from: moment
    .nullable()
    .optional()
    .describe('Since when team and department hold; null: always. Default: always for a new person, else now'),
  to: moment.nullable().optional().describe('When this person leaves or left; null: has not left'),
  version,
});
const byEmail = orgParams.extend({ email: emailText });
const tags = ['people'];

/** The roster: who belongs to the organisation, in what team, since when. */
export const memberRoutes: FastifyPluginAsyncZod<{ people: People; now: () => number }> = async (
  app,
  { people, now },
) => {
  const { roster, viewOf, directory, log } = people;
  const shown = (org: string, { value: member, version: seen }: Versioned<Member>): z.infer<typeof memberSchema> => {
    const { merges, departments } = viewOf(org);
    const { email, name, aliases, role, manager, terms } = member;
    const present = presentTerm(member, now());
    const team = present?.team ?? null;
    const into = merges.get(personOf(email)) ?? null;
    return {
      ...{ email, person: personOf(email), name, aliases: [...aliases], role, manager, team },
      department: present?.department ?? (team === null ? null : (departments.get(team) ?? null)),
      active: isActive(member, now()),
      joinedAt: isoOrNull(terms[0]?.fromMs ?? null),
      leftAt: isoOrNull(terms.at(-1)?.toMs ?? null),
      terms: terms.map(({ fromMs, toMs, ...place }) => ({ from: isoOrNull(fromMs), to: isoOrNull(toMs), ...place })),
      mergedInto: into === null ? null : (emailOf(into) ?? into),
      version: seen,
    };
  };

  app.get(
    '/api/v1/:org_id/members',
    {
      config,
      schema: {
        tags,
        summary: 'Everybody of the roster, those who left too',
        params: orgParams,
        querystring: format,
        response: { 200: z.union([z.object({ members: z.array(memberSchema) }), z.string()]) },
      },
    },
    async (request, reply) => {
      const org = request.params.org_id;
      const all = roster.members.all(org);
      if (request.query.format === 'json') return { members: all.map((one) => shown(org, one)) };
      const columns = [...MEMBER_COLUMNS.required, ...MEMBER_COLUMNS.optional];
      return sendCsv(
        reply,
        'members',
        columns,
        all.map(({ value }) => memberCells(value, now())),
      );
    },
  );

  app.get(
    '/api/v1/:org_id/members/:email',
    {
      config,
      schema: {
        tags,
        summary: 'One person, with all that was ever said of them',
        params: byEmail,
        response: {
          200: memberSchema.extend({
            history: z.array(
              z.object({
                at: z.string(),
                by: z.string(),
                version: z.int(),
                ...memberSchema.pick({ role: true }).shape,
                name: z.string().nullable(),
                terms: z.array(term),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const { org_id: org, email } = request.params;
      const known = roster.member(org, email);
      const history = roster.members.history(org, email).map(({ atMs, author, version: number, data }) => {
        // Every version of a member is a member.
        const { role, name, terms } = data as unknown as Member;
        const said = terms.map(({ fromMs, toMs, ...place }) => ({
          from: isoOrNull(fromMs),
          to: isoOrNull(toMs),
          ...place,
        }));
        return { at: iso(atMs), by: author, version: number, role, name, terms: said };
      });
      return { ...shown(org, known), history };
    },
  );

  app.put(
    '/api/v1/:org_id/members/:email',
    {
      config,
      schema: {
        tags,
        summary: 'Add a person, or change what is said of them; what is left out stays as it is',
        params: byEmail,
        body: change,
        response: { 200: memberSchema },
      },
    },
    async (request) => {
      const { org_id: org, email } = request.params;
      const { from, to, version: seen, ...rest } = request.body;
      if (typeof from === 'number' && typeof to === 'number' && to <= from)
        throw new ServerError('invalid', 'to: must be later than from');
      const written = await roster.putMember(asking(request, seen), email, { ...rest, fromMs: from, toMs: to });
      await directory.refresh(org);
      return shown(org, written);
    },
  );

  app.post(
    '/api/v1/:org_id/members/import',
    {
      config,
      bodyLimit: CSV_LIMIT,
      schema: {
        tags,
        summary: 'Take a CSV file of people in: good rows count, bad ones are listed; again, it changes nothing',
        consumes: ['text/csv'],
        params: orgParams,
        querystring: importQuery,
        body: csvBody,
        response: { 200: importResult },
      },
    },
    async (request) => {
      const org = request.params.org_id;
      const result = await importRows({
        log,
        entities: roster.members,
        asking: asking(request),
        csv: request.body,
        columns: MEMBER_COLUMNS,
        read: memberRow,
        nameOf: ({ email, change }) => [email, change.fromMs],
        steps: (rows) => roster.memberSteps(org, rows),
        preview: request.query.preview === 'true',
      });
      await directory.refresh(org);
      return result;
    },
  );

  app.post(
    '/api/v1/:org_id/members/:email/merge',
    {
      config,
      schema: {
        tags,
        summary: 'Two people are one: from now on, and for all of the past, this person is the other',
        params: byEmail,
        body: z.strictObject({ into: emailText }),
        response: { 200: memberSchema },
      },
    },
    async (request) => {
      const { org_id: org, email } = request.params;
      const known = roster.member(org, email);
      roster.member(org, request.body.into);
      await roster.merge(asking(request), personOf(email), personOf(request.body.into));
      await directory.refresh(org);
      return shown(org, known);
    },
  );

  app.delete(
    '/api/v1/:org_id/members/:email/merge',
    { config, schema: { tags, summary: 'They are two again', params: byEmail, response: { 200: memberSchema } } },
    async (request) => {
      const { org_id: org, email } = request.params;
      const known = roster.member(org, email);
      await roster.unmerge(asking(request), personOf(email));
      await directory.refresh(org);
      return shown(org, known);
    },
  );

  app.delete(
    '/api/v1/:org_id/members/:email/sign-ins',
    {
      config,
      schema: {
        tags,
        summary: 'End all browser sessions of a person: of each of their keys, and by the identity provider',
        params: byEmail,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { org_id: org, email } = request.params;
      const { keyId } = callerOf(request);
      const keys = people.keys.list(org).filter((key) => key.email === email && key.revokedAtMs === null);
      for (const { id } of keys) await people.sessions.endAll({ kind: 'key', id }, org, keyId);
      await people.sessions.endAll({ kind: 'oidc', org, email, scope: 'member' }, org, keyId);
      return reply.code(204).send(null);
    },
  );
};
