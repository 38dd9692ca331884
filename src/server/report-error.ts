import type { FastifyReply, FastifyRequest } from 'fastify';
import { StoreUnavailable } from '../store/store.ts';
import { ServerError } from './errors.ts';

/** Every error as one of ours. What is not known here is a defect of this program and answered as such. */
export function toServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  if (error instanceof StoreUnavailable)
    return new ServerError('unavailable', 'storage cannot take or answer this now; try again', { cause: error });
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode === 400)
    return new ServerError('invalid', plain(message ?? 'the request is not valid'), { cause: error });
  if (statusCode === 404) return new ServerError('notFound', 'no such route', { cause: error });
  if (statusCode === 413) return new ServerError('tooLarge', 'the body is too large', { cause: error });
  if (statusCode === 415)
    return new ServerError('unsupportedType', 'this content-type is not accepted here', { cause: error });
  // A client may send a 503 again; a 500 would make it throw its records away.
  return new ServerError('unavailable', 'this request failed because of a defect of the server; see its log', {
    cause: error,
  });
}

/** Callers know a field by its name, whatever part of the request it is in: `body/email is missing`. */
const plain = (message: string): string => message.replace(/(^|, )(?:body|params|querystring)\/(?=\S)/g, '$1');

/** What every failure's answer has in common, whatever form its body takes. Logs what went wrong here. */
export function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): ServerError {
  const failure = toServerError(error);
  if (failure.status >= 500 && failure.cause) request.log.error({ err: failure.cause }, failure.message);
  if (failure.retryAfterS !== undefined) void reply.header('retry-after', String(failure.retryAfterS));
  return failure;
}
