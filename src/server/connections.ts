import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServerError } from './errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Takes files, which may be long on their way. */
    upload?: boolean;
  }
}

/** Once the server is stopping, whoever has not sent a whole request after so long is cut off. */
const GRACE_MS = 5_000;

/** For the whole of a request to arrive, however slowly, and for that of a file. */
export const REQUEST_MS = 300_000;
export const UPLOAD_MS = 6 * 3_600_000;

const waits = (request: FastifyRequest): boolean => request.headers.expect !== undefined;

/**
 * What concerns a connection rather than a request: clients that ask before they send their body hear of a bad key
 * without sending it, who sends for too long is cut off, and a server that stops keeps no connection open.
 */
export function watchConnections(app: FastifyInstance, requestMs = REQUEST_MS): void {
  let stopping = false;

  // Without a listener of its own node would tell them to go on at once.
  app.server.on('checkContinue', (request, response) => void app.server.emit('request', request, response));
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (waits(request)) reply.raw.writeContinue();
    done(null, payload);
  });

  app.addHook('onRequest', (_request, _reply, done) => {
    if (stopping) done(new ServerError('unavailable', 'the server is stopping; send this again later'));
    else done();
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const { raw, routeOptions } = request;
    if (!raw.complete && routeOptions.config.upload !== true) {
      const late = setTimeout(() => void (raw.complete || raw.destroy()), requestMs).unref();
      for (const end of ['end', 'close']) raw.once(end, () => clearTimeout(late));
    }
    done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    // After a refusal nobody knows whether a client that asked sends its body all the same.
    if (stopping || (reply.statusCode >= 400 && waits(request))) void reply.header('connection', 'close');
    done(null, payload);
  });
  app.addHook('preClose', (done) => {
    stopping = true;
    setTimeout(() => app.server.closeAllConnections(), GRACE_MS).unref();
    done();
  });
}
