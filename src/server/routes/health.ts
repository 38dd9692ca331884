import type { FastifyInstance } from 'fastify';
import type { Store } from '../../store/store.ts';
import type { ServerMetrics } from '../metrics.ts';

/** Liveness, readiness, Prometheus. */
export async function healthRoutes(
  app: FastifyInstance,
  { store, metrics }: { store: Store; metrics: ServerMetrics },
): Promise<void> {
  const config = { access: { kind: 'public' } } as const;
  const hide = { schema: { hide: true } };
  app.get('/healthz', { config, ...hide }, async () => ({ status: 'ok' }));
  app.get('/readyz', { config, ...hide }, async () => {
    await store.ready();
    return { status: 'ready' };
  });
  app.get('/metrics', { config: { access: { kind: 'operator', locally: true } }, ...hide }, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
