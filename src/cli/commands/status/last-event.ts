import { open } from 'node:fs/promises';
import { parseSessionLine } from '../../../assistants/claude-code/history/session-line.ts';
import { historyRoots } from '../../../assistants/claude-code/history/history-roots.ts';
import { findSessionFiles } from '../../../assistants/claude-code/history/session-files.ts';
import type { Machine } from '../../../setup/machine.ts';
import { claudeKey, eventId } from '../../../usage/identity.ts';
import type { FoundRecord } from '../../endpoint-client.ts';
import type { Check } from './check.ts';
import { fail, info, ok } from './check.ts';
import { duration } from './server-checks.ts';

/** A model call that this machine's session files know. */
export interface LocalCall {
  id: string;
  atMs: number;
}

const FILES = 8;
const TAIL_BYTES = 256 * 1024;
const CALLS = 200;
/** The client sends every minute; another one for what is slow. */
const PATIENCE_MS = 2 * 60_000;

async function tailOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function callsIn(text: string): LocalCall[] {
  return text.split('\n').flatMap((row) => {
    const lines = parseSessionLine(row);
    if (!Array.isArray(lines)) return [];
    return lines.flatMap((line) => {
      const {
        cacheReadTokens,
        cacheWrite1hTokens,
        cacheWrite5mTokens,
        inputTokens,
        messageId,
        model,
        requestId,
        sessionId,
      } = line;
      const cacheCreationTokens = cacheWrite1hTokens + cacheWrite5mTokens;
      const key = claudeKey({
        requestId,
        messageId,
        sessionId,
        model,
        inputTokens,
        cacheReadTokens,
        cacheCreationTokens,
      });
      return key ? [{ id: eventId(key), atMs: line.atMs }] : [];
    });
  });
}

/** The newest calls in Claude Code's session files, newest first; the files' ends are enough. */
export async function newestCalls(machine: Machine): Promise<LocalCall[]> {
  const { roots } = historyRoots(machine);
  const code = roots.filter(({ assistant }) => assistant === 'claude-code');
  const files = findSessionFiles(code)
    .files.toSorted((a, b) => b.modifiedMs - a.modifiedMs)
    .slice(0, FILES);
  const calls = await Promise.all(files.map(async ({ path }) => callsIn(await tailOf(path).catch(() => ''))));
  const newest = calls.flat().sort((a, b) => b.atMs - a.atMs);
  return newest.filter(({ id }, i) => newest.findIndex((other) => other.id === id) === i).slice(0, CALLS);
}

/** `setUpMs`: when the env file was written last; calls before it are not expected to have been sent. */
export function lastEventCheck(
  calls: readonly LocalCall[],
  found: readonly FoundRecord[] | null,
  now: number,
  setUpMs: number | null,
  binary: string,
): Check {
  const [newest] = calls;
  if (!newest)
    return info('last-event', 'no session of this machine has been found yet', 'Use the assistant, then look again.');
  if (found === null)
    return info(
      'last-event',
      'the server offers no look-up of single records',
      'Whether calls arrive, its reports show.',
    );
  const age = (atMs: number): string => duration(Math.max(0, Math.round((now - atMs) / 1000)));
  const live = found.filter(({ sources }) => sources.includes('telemetry'));
  const last = Math.max(...(live.length > 0 ? live : found).map(({ atMs }) => atMs));
  const missing = newest.atMs - last > PATIENCE_MS || found.length === 0;
  const due = now - newest.atMs > PATIENCE_MS && setUpMs !== null && newest.atMs > setUpMs + PATIENCE_MS;
  if (missing && due)
    return fail(
      'last-event',
      `a call was made ${age(newest.atMs)} ago, and the server has ${found.length === 0 ? 'none of the latest' : `nothing since ${age(last)} ago`}`,
      'Telemetry does not arrive, though it is set up.',
      `Start the assistant from a new terminal, then: ${binary} test`,
    );
  if (found.length === 0)
    return info(
      'last-event',
      'the server has none of the latest calls of this machine',
      `They were made before setup; "${binary} backfill" brings them.`,
    );
  return ok(
    'last-event',
    `the server’s last event of this machine is ${age(last)} old${live.length > 0 ? '' : ' (by backfill)'}`,
  );
}
