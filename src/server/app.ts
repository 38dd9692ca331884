import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from 'fastify';
import Fastify, { LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Query } from '../reports/sql.ts';
import type { Store } from '../store/store.ts';
import type { Known } from './access.ts';
import { authorize } from './access.ts';
import { ByteBudget } from './body.ts';
import { UPLOAD_MS, watchConnections } from './connections.ts';
import { ServerError } from './errors.ts';
import { FairGate } from './fair-gate.ts';
import type { FrontOptions } from './front.ts';
import { frontOf, limitRates } from './front.ts';
import { ImportLog } from './imports/import-log.ts';
import { createMetrics } from './metrics.ts';
import { describeRoute } from './openapi.ts';
import { answerFailure } from './report-error.ts';
import { reportSight } from './report-sight.ts';
import { alertRoutes } from './routes/alerts.ts';
import { analyticsRoutes } from './routes/analytics.ts';
import { backupRoute } from './routes/backup.ts';
import { dashboardRoutes } from './routes/dashboard.ts';
import { exportRoutes } from './routes/exports.ts';
import { goalRoutes } from './routes/goals.ts';
import { healthRoutes } from './routes/health.ts';
import { importRoutes } from './routes/imports.ts';
import { keyRoutes } from './routes/keys.ts';
import { otlpRoutes } from './routes/otlp.ts';
import { peopleRoutes, readCookies } from './routes/people.ts';
import { recordRoutes } from './routes/records.ts';
import { resolveKeyRoute } from './routes/resolve-key.ts';
import { githubWebhookRoute } from './routes/github-webhook.ts';
import { syncRoutes } from './routes/syncs.ts';
import { vendorConnectionRoutes } from './routes/vendor-connections.ts';
import type { People } from './people.ts';
import { Alerts } from './services/alerts/alerts.ts';
import { ClockSecret } from './services/clock-secret.ts';
import { Goals } from './services/goals.ts';
import type { VendorData } from './vendor-data.ts';

export interface AppDependencies {
  store: Store;
  people: People;
  /** Without it the server reads nothing from vendors. */
  vendors?: VendorData;
  logger: FastifyBaseLogger;
  now: () => number;
  version: string;
  /** Sends alerts to webhooks; without it they are only shown. */
  fetch?: typeof fetch;
  /** The most bytes of one OTLP body; the recommended 64 MiB by default. */
  maxBodyBytes?: number;
  /** Over all bodies being received at once. */
  bodyBudgetBytes?: number;
  /** A sender that stalls for so long is cut off. */
  bodyIdleMs?: number;
  /** So long may the whole of a request take to arrive, but for files. */
  requestMs?: number;
  /** The most bytes of one file that is imported; 4 GiB by default. */
  maxImportBytes?: number;
  /** After so long the answer to an import begins. */
  importPatienceMs?: number;
  front?: FrontOptions;
}

const MEBIBYTE = 1 << 20;

/** So many OTLP requests are read and written at once. Exporters give up after ten seconds. */
const INGEST_GATE = { permits: 256, waitingPerKey: 2048, waitMs: 9_000 };

/** The server without a port: everything it needs is handed in. */
export async function createApp(dependencies: AppDependencies): Promise<FastifyInstance> {
  const {
    store,
    people,
    vendors,
    logger,
    now,
    version,
    maxBodyBytes = 64 * MEBIBYTE,
    bodyBudgetBytes = 512 * MEBIBYTE,
    bodyIdleMs = 30_000,
    requestMs,
    maxImportBytes = 4096 * MEBIBYTE,
    importPatienceMs,
    front = {},
  } = dependencies;
  const budget = new ByteBudget(bodyBudgetBytes);
  const gate = new FairGate(INGEST_GATE);
  const metrics = createMetrics(budget, gate);
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MEBIBYTE,
    requestTimeout: UPLOAD_MS,
    ...frontOf(front),
    exposeHeadRoutes: false,
    // `watchConnections` does, in the form that each route answers in.
    return503OnClosing: false,
    frameworkErrors: (_error, _request, reply: FastifyReply) =>
      answerPlainly(reply, new ServerError('invalid', 'this address is not a valid URL')),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  watchConnections(app, requestMs);
  await readCookies(app);
  app.decorateRequest('caller', null);
  const known: Known = {
    keys: people.keys,
    sessions: people.sessions,
    publicUrl: people.publicUrl,
    cronSecret: vendors?.cronSecret ? new ClockSecret(vendors.cronSecret, now) : null,
  };
  app.addHook('onRoute', (route) => {
    if (!route.config?.access) throw new Error(`route ${route.url} does not say who may call it`);
  });
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access;
    if (access) request.caller = authorize(request, access, known);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.requests.inc({ route, status: reply.statusCode });
    // The route's pattern instead of the address: a query may hold names.
    request.log.info(
      {
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        bytes: Number(request.headers['content-length'] ?? 0),
        ip: request.ip,
        ...(request.caller ? { key: request.caller.keyId } : {}),
      },
      'request',
    );
  });
  app.setErrorHandler((error, request, reply) => {
    answerPlainly(reply, answerFailure(error, request, reply));
  });
  app.setNotFoundHandler(() => {
    throw new ServerError('notFound', 'no such route');
  });

  await limitRates(app, front);
  await app.register(helmet);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Revenium',
        version,
        description: 'Usage of AI coding assistants: who, how deeply, at what cost.',
      },
      components: {
        securitySchemes: {
          key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ key: [] }, { bearer: [] }],
    },
    transform: describeRoute,
  });
  const limits = { maxBytes: maxBodyBytes, idleMs: bodyIdleMs };
  await app.register(otlpRoutes, { store, budget, metrics, now, limits, gate });
  await app.register(resolveKeyRoute);
  await app.register(recordRoutes, { store });
  await app.register(peopleRoutes, { people, query: (sql) => store.query(sql), now });
  await app.register(keyRoutes, { keys: people.keys });
  await app.register(importRoutes, {
    store,
    imports: new ImportLog(people.log, now),
    members: (org) => people.roster.members.all(org).map(({ value }) => value.email),
    now,
    limits: { maxBytes: maxImportBytes, idleMs: bodyIdleMs },
    folder: tmpdir(),
    ...(importPatienceMs !== undefined && { patienceMs: importPatienceMs }),
  });
  await app.register(exportRoutes, { store });
  await app.register(backupRoute, { store });
  const query: Query = (sql) => store.query(sql);
  const goals = new Goals(people.log, now);
  const more = (org: string) => ({ syncs: vendors?.statesOf(org) ?? [], budgets: goals.of(org).value.budgets });
  const access = reportSight({ people, query, now, more });
  await app.register(analyticsRoutes, { access });
  await app.register(goalRoutes, { goals });
  const alerts = new Alerts({
    ...{ log: people.log, goals, now, logger, contextOf: access.contextOf },
    organizations: () => people.keys.organizations(),
    webhook: { fetch: dependencies.fetch ?? noFetch, sleep, now, random: Math.random },
  });
  await app.register(alertRoutes, { alerts });
  if (vendors) {
    await app.register(syncRoutes, { vendors, now });
    await app.register(vendorConnectionRoutes, { vendors });
    await app.register(githubWebhookRoute, { vendors, store });
  }
  await app.register(healthRoutes, { store, metrics });
  await app.register(dashboardRoutes);
  app.get('/openapi.json', { config: { access: { kind: 'public' } }, schema: { hide: true } }, async () =>
    app.swagger(),
  );
  return app;
}

const noFetch = (): Promise<Response> => Promise.reject(new Error('this server sends nothing'));

const answerPlainly = (reply: FastifyReply, { status, code, message }: ServerError): void =>
  void reply.code(status).send({ error: { code, message } });
