import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Store } from '../../store/store.ts';
import type { PullRequest } from '../../usage/pull-request.ts';
import { isSigned, mergedByEvent } from '../../vendors/github/webhook.ts';
import { ServerError } from '../errors.ts';
import type { VendorData } from '../vendor-data.ts';

/** GitHub tells of each pull request that is merged; the signature of the body is the key. */
export const githubWebhookRoute: FastifyPluginAsyncZod<{
  vendors: Pick<VendorData, 'connections' | 'readPullRequest'>;
  store: Pick<Store, 'writePullRequests'>;
}> = async (app, { vendors, store }) => {
  // The signature is of the bytes.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.post(
    '/api/v1/:org_id/webhooks/github',
    {
      config: { access: { kind: 'public' } },
      schema: {
        tags: ['connections'],
        summary: 'Events of a GitHub webhook, signed with the secret of the connection',
        params: z.object({ org_id: z.string() }),
        response: { 200: z.object({ stored: z.boolean() }) },
      },
    },
    async (request) => {
      const { org_id: org } = request.params;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const header = (name: string): string | undefined => {
        const value = request.headers[name];
        return typeof value === 'string' ? value : undefined;
      };
      const secret = await vendors.connections.webhookSecretOf(org, 'github');
      // The same answer whether there is such an organisation, and a secret, or not.
      if (secret === null || !isSigned(body, header('x-hub-signature-256'), secret))
        throw new ServerError('unauthenticated', 'this webhook is not known, or its signature is wrong');
      const merged = mergedByEvent(header('x-github-event'), parsed(body));
      if (!merged) return { stored: false };
      await store.writePullRequests(org, [merged]);
      // GitHub waits for ten seconds only; its commits are signed by who took part.
      void withCommits(org, merged).catch((err: unknown) =>
        request.log.warn({ err }, 'the commits of a pull request were not read; the next sync does'),
      );
      return { stored: true };
    },
  );

  async function withCommits(org: string, { repository, number }: PullRequest): Promise<void> {
    const whole = await vendors.readPullRequest(org, repository, number);
    if (whole) await store.writePullRequests(org, [whole]);
  }
};

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new ServerError('invalid', 'the event is not JSON', { cause });
  }
}
