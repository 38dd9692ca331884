import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { encodeEmptyResponse, encodeLogsResponse, encodeStatus } from '../../otlp/encode-response.ts';
import type { OtlpForm } from '../../otlp/media-type.ts';
import { MEDIA_TYPES, formOf } from '../../otlp/media-type.ts';
import type { BodyLimits, ByteBudget } from '../body.ts';
import { checkBodyHeaders, discardRest, withBody } from '../body.ts';
import { ServerError } from '../errors.ts';
import { answerFailure } from '../report-error.ts';
import type { IngestDependencies } from '../services/ingest.ts';
import { ingestLogs } from '../services/ingest.ts';
import { callerOf } from '../access.ts';
import type { FairGate } from '../fair-gate.ts';

const ACCESS = { kind: 'key', scopes: ['ingest', 'admin'] } as const;

const description =
  'OTLP over HTTP: the request and its answer are JSON or protobuf, as content-type says; gzip is understood. 200 once the records are durable. Failures are a google.rpc.Status; 503 has Retry-After and may be sent again.';

/** google.rpc.Code for what we answer; the protocol wants a Status as the body of every failure. */
const RPC_CODES: Readonly<Record<ServerError['code'], number>> = {
  invalid: 3,
  notFound: 5,
  timeout: 4,
  conflict: 10,
  forbidden: 7,
  unauthenticated: 16,
  tooLarge: 8,
  unsupportedType: 3,
  tooMany: 8,
  unavailable: 14,
};

interface OtlpDependencies extends Omit<IngestDependencies, 'budget'> {
  limits: Omit<BodyLimits, 'budget'>;
  budget: ByteBudget;
  gate: FairGate;
}

/** OTLP over HTTP: logs are taken in; metrics and traces repeat what logs say, and are answered and dropped. */
export async function otlpRoutes(app: FastifyInstance, options: OtlpDependencies): Promise<void> {
  // Bodies are read by the handlers, which know the limits and the compression.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  app.addHook('onRequest', async (request) => {
    requireForm(request);
    checkBodyHeaders(request.raw, options.limits);
  });

  app.setErrorHandler((error, request, reply) => {
    const failure = answerFailure(error, request, reply);
    if (failure.code === 'timeout') void reply.header('connection', 'close');
    discardRest(request.raw, options.limits);
    const form = formOf(request.headers['content-type']) ?? 'json';
    return send(
      reply.code(failure.status),
      form,
      encodeStatus({ code: RPC_CODES[failure.code], message: failure.message }, form),
    );
  });

  const limitsOf = (request: FastifyRequest): BodyLimits => ({
    ...options.limits,
    budget: options.budget.of(callerOf(request).keyId),
  });
  /** A body is read only once there is room for it: until then it waits with its sender. */
  const throughGate = <T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> => {
    const gone = new AbortController();
    const onClose = (): void => gone.abort();
    request.raw.socket.once('close', onClose);
    const passed = options.gate.pass(callerOf(request).keyId, work, gone.signal);
    return passed.finally(() => request.raw.socket.off('close', onClose));
  };
  const logs = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const form = requireForm(request);
    const { org } = callerOf(request);
    const limits = limitsOf(request);
    const { processed, rejected } = await throughGate(request, () =>
      withBody(request.raw, limits, (body) => ingestLogs(body, form, org, { ...options, budget: limits.budget })),
    );
    return send(reply, form, encodeLogsResponse({ processedEvents: processed, rejected }, form));
  };
  const dropped = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const form = requireForm(request);
    await throughGate(request, () => withBody(request.raw, limitsOf(request), async () => undefined));
    return send(reply, form, encodeEmptyResponse(form));
  };
  const described = (summary: string) => ({
    config: { access: ACCESS },
    schema: { tags: ['otlp'], summary, description },
  });
  for (const prefix of ['/meter/v2/otlp', '']) {
    app.post(`${prefix}/v1/logs`, described('Take log records in: what assistants report of their use'), logs);
    app.post(`${prefix}/v1/metrics`, described('Answer metrics, and drop them'), dropped);
    app.post(`${prefix}/v1/traces`, described('Answer traces, and drop them'), dropped);
  }
}

function requireForm(request: FastifyRequest): OtlpForm {
  const form = formOf(request.headers['content-type']);
  if (!form)
    throw new ServerError('unsupportedType', `content-type must be ${Object.values(MEDIA_TYPES).join(' or ')}`);
  return form;
}

const send = (reply: FastifyReply, form: OtlpForm, body: string | Uint8Array): FastifyReply =>
  // As bytes: to text the framework adds a charset that the protocol does not have.
  reply.type(MEDIA_TYPES[form]).send(Buffer.from(body));
