import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { People } from '../people.ts';
import { ROLES } from '../roster/member.ts';
import type { Invitation } from '../services/invitations.ts';
import { INVITATION_DAYS } from '../services/invitations.ts';
import { asking, emailText, forAdmins as config, iso, orgParams } from './people-schemas.ts';

const invitationSchema = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.string(),
  state: z.enum(['open', 'accepted', 'revoked', 'expired']),
  keyId: z.string().nullable().describe('Of the key that it became'),
});
const tags = ['session'];

const shown = ({ createdAtMs, expiresAtMs, ...one }: Invitation): z.infer<typeof invitationSchema> => ({
  ...one,
  createdAt: iso(createdAtMs),
  expiresAt: iso(expiresAtMs),
});

/** Links that let one person in, once. */
export const invitationRoutes: FastifyPluginAsyncZod<{ people: People }> = async (
  app,
  { people: { invitations, viewOf, publicUrl } },
) => {
  app.post(
    '/api/v1/:org_id/invitations',
    {
      config,
      schema: {
        tags,
        summary: 'Invite a person; the answer is the only place where the link is ever shown',
        params: orgParams,
        body: z.strictObject({
          email: emailText,
          role: z.enum(ROLES).optional().describe('Default: the role that the roster has'),
          days: z.int().min(1).max(90).default(INVITATION_DAYS).describe('For how long the link works'),
        }),
        response: { 201: invitationSchema.extend({ token: z.string(), link: z.string() }) },
      },
    },
    async (request, reply) => {
      const { email, days, role = viewOf(request.params.org_id).byEmail.get(email)?.role ?? 'member' } = request.body;
      const { token, invitation } = await invitations.create(asking(request), { email, role, days });
      const base = publicUrl ?? new URL(`${request.protocol}://${request.host}`);
      // Behind the #, which no browser sends: the token stands in no server's or proxy's log.
      const link = new URL(`/welcome#${token}`, base).href;
      return reply.code(201).send({ ...shown(invitation), token, link });
    },
  );

  app.get(
    '/api/v1/:org_id/invitations',
    {
      config,
      schema: {
        tags,
        summary: 'All invitations, used ones too',
        params: orgParams,
        response: { 200: z.object({ invitations: z.array(invitationSchema) }) },
      },
    },
    async (request) => ({ invitations: invitations.list(request.params.org_id).map(shown) }),
  );

  app.delete(
    '/api/v1/:org_id/invitations/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Take an invitation back that was not used yet',
        params: orgParams.extend({ id: z.string() }),
        response: { 200: invitationSchema },
      },
    },
    async (request) => shown(await invitations.revoke(asking(request), request.params.id)),
  );
};
