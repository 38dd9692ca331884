import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { People } from '../people.ts';
import { presentTerm } from '../roster/member.ts';
import { asking, emailText, forAdmins as config, orgParams, version } from './people-schemas.ts';

const teamSchema = z.object({
  name: z.string(),
  department: z.string().nullable(),
  managers: z.array(z.string()),
  members: z.int().describe('People in it now'),
  version: z.int().describe('0: known from its members only'),
});
const settingsSchema = z.object({
  mailDomains: z.array(z.string()),
  pseudonyms: z.boolean().describe('Reports name nobody but the reader'),
  version: z.int(),
});
const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'is no domain');
const tags = ['people'];

/** Teams and who may look at them; what an organisation decides about its people. */
export const teamRoutes: FastifyPluginAsyncZod<{ people: People; now: () => number }> = async (
  app,
  { people: { roster, settings, viewOf, directory }, now },
) => {
  const teamsOf = (org: string): z.infer<typeof teamSchema>[] => {
    const sizes = new Map<string, number>();
    for (const member of viewOf(org).members) {
      const team = presentTerm(member, now())?.team ?? null;
      if (team !== null) sizes.set(team, (sizes.get(team) ?? 0) + 1);
    }
    const said = roster.teams.all(org).map(({ version: number, value: { name, department, managers } }) => ({
      ...{ name, department, managers: [...managers], members: sizes.get(name) ?? 0, version: number },
    }));
    const names = new Set(said.map(({ name }) => name));
    const others = [...sizes].flatMap(([name, members]) =>
      names.has(name) ? [] : [{ name, department: null, managers: [], members, version: 0 }],
    );
    return [...said, ...others].sort((a, b) => a.name.localeCompare(b.name, 'en'));
  };

  app.get(
    '/api/v1/:org_id/teams',
    {
      config,
      schema: {
        tags,
        summary: 'Teams',
        params: orgParams,
        response: { 200: z.object({ teams: z.array(teamSchema) }) },
      },
    },
    async (request) => ({ teams: teamsOf(request.params.org_id) }),
  );

  app.put(
    '/api/v1/:org_id/teams/:name',
    {
      config,
      schema: {
        tags,
        summary: 'Say who manages a team, and which department it belongs to',
        params: orgParams.extend({ name: z.string().trim().min(1).max(200) }),
        body: z.strictObject({
          department: z.string().trim().min(1).max(200).nullable().optional(),
          managers: z.array(emailText).max(100).optional().describe('Managers of these e-mails see its usage'),
          version,
        }),
        response: { 200: z.object({ teams: z.array(teamSchema) }) },
      },
    },
    async (request) => {
      const { org_id: org, name } = request.params;
      const { version: seen, department, managers } = request.body;
      await roster.putTeam(asking(request, seen), name, {
        ...(department === undefined ? {} : { department }),
        ...(managers === undefined ? {} : { managers }),
      });
      await directory.refresh(org);
      return { teams: teamsOf(org) };
    },
  );

  app.get(
    '/api/v1/:org_id/settings',
    {
      config,
      schema: { tags, summary: 'Settings about people', params: orgParams, response: { 200: settingsSchema } },
    },
    async (request) => shown(settings.of(request.params.org_id)),
  );

  app.put(
    '/api/v1/:org_id/settings',
    {
      config,
      schema: {
        tags,
        summary: 'Change settings about people; what is left out stays as it is',
        params: orgParams,
        body: z.strictObject({
          mailDomains: z
            .array(domain)
            .max(50)
            .optional()
            .describe('Of the people whom keys named claude_code_key_ada.lovelace_… belong to'),
          pseudonyms: z.boolean().optional(),
          version,
        }),
        response: { 200: settingsSchema },
      },
    },
    async (request) => {
      const { version: seen, mailDomains, pseudonyms } = request.body;
      const written = await settings.put(asking(request, seen), {
        ...(mailDomains === undefined ? {} : { mailDomains }),
        ...(pseudonyms === undefined ? {} : { pseudonyms }),
      });
      return shown(written);
    },
  );
};

const shown = ({
  version: number,
  value: { mailDomains, pseudonyms },
}: ReturnType<People['settings']['of']>): z.infer<typeof settingsSchema> => ({
  mailDomains: [...mailDomains],
  pseudonyms,
  version: number,
});
