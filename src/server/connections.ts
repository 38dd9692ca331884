import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServerError } from './errors.ts';

/** Once the server is stopping, whoever has not sent a whole request after so long is cut off. */
const GRACE_MS = 5_000;

const waits = (request: FastifyRequest): boolean => request.headers.expect !== undefined;

/**
 * What concerns a connection rather than a request: clients that ask before they send their body hear of a bad key
 * without sending it, and a server that stops keeps no connection open.
 */
export function watchConnections(app: FastifyInstance): void {
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
