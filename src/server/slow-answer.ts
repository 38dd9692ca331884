import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerFailure } from './report-error.ts';

/** Clients give up on a connection that is silent for some minutes. */
const BLANK_EVERY_MS = 10_000;

/** Whether work is still going on after so long; fails no earlier than the work is waited for. */
export async function isSlow(work: Promise<unknown>, patienceMs: number): Promise<boolean> {
  const waiting = new AbortController();
  const done = work.then(
    () => false,
    () => false,
  );
  const late = delay(patienceMs, true, { signal: waiting.signal }).catch(() => false);
  const slow = await Promise.race([done, late]);
  waiting.abort();
  return slow;
}

/**
 * Answers what takes longer than a client waits for the head of an answer: the head at once, blanks, which JSON does not
 * mind, for as long as it takes, and then the answer, or `{error}` in place of it.
 */
export async function answerSlowly(
  work: Promise<unknown>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { raw } = reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  raw.write(' ');
  const timer = setInterval(() => raw.write(' '), BLANK_EVERY_MS);
  try {
    raw.end(JSON.stringify(await work));
  } catch (error) {
    const { code, message } = answerFailure(error, request, reply);
    raw.end(JSON.stringify({ error: { code, message } }));
  } finally {
    clearInterval(timer);
  }
  return reply;
}
