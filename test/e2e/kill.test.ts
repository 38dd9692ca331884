import { expect, it } from 'vitest';
import { logsBody, storedId } from '../support/calls.ts';
import { postAlone } from '../support/posting.ts';
import type { RunningServer } from '../support/server-process.ts';
import { api, startServer } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

/** All of it with `KILLS=100`. */
const KILLS = Number(process.env.KILLS ?? 10);
const CLIENTS = 200;
const CALLS_EACH = 3;

interface Post {
  calls: string[];
  acknowledged: boolean;
}

const postsOf = (round: number): Post[] =>
  Array.from({ length: CLIENTS }, (_, client) => ({
    calls: Array.from({ length: CALLS_EACH }, (_, call) => `${round}-${client}-${call}`),
    acknowledged: false,
  }));

const send = async ({ url }: RunningServer, key: string, post: Post): Promise<void> => {
  const status = await postAlone(`${url}/v1/logs`, key, logsBody(...post.calls.map((n) => ({ n }))));
  if (status !== null) expect(status).toBe(200);
  post.acknowledged ||= status === 200;
};

/** Which of these calls are stored; a call that is there twice is in the list twice. */
async function stored({ url }: RunningServer, key: string, calls: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (let at = 0; at < calls.length; at += 1000) {
    const ids = calls.slice(at, at + 1000).map(storedId);
    const { body } = await api<{ records: { id: string }[] }>(`${url}/meter/v2/records/lookup`, key, {
      method: 'POST',
      body: { ids },
    });
    found.push(...body.records.map(({ id }) => id));
  }
  return found;
}

async function counted({ url, org }: RunningServer, key: string): Promise<number> {
  const { body } = await api<{ totalRequests: number }>(
    `${url}/${org}/sessions/analytics/summary?from=2026-11-20&to=2026-11-21`,
    key,
  );
  return body.totalRequests;
}

it('has every acknowledged event, once, however often it is killed', async () => {
  const directory = tempDir();
  let server = await startServer(directory);
  const key = server.adminKey ?? '';
  const posts: Post[] = [];
  let unanswered = 0;
  for (let round = 0; round < KILLS; round++) {
    const batch = postsOf(round);
    posts.push(...batch);
    const killAfter = 1 + Math.floor(Math.random() * (CLIENTS * 0.9));
    let answers = 0;
    const { child, finished } = server;
    await Promise.all(
      batch.map(async (post) => {
        await send(server, key, post);
        // Answers come in bursts, after a commit: a moment later may be amid the next one.
        if (++answers === killAfter) setTimeout(() => child.kill('SIGKILL'), Math.random() * 20);
      }),
    );
    expect((await finished).signal).toBe('SIGKILL');
    unanswered += batch.filter(({ acknowledged }) => !acknowledged).length;

    server = await startServer(directory);
    const acknowledged = batch.filter((post) => post.acknowledged).flatMap(({ calls }) => calls);
    expect(acknowledged.length).toBeGreaterThan(0);
    const found = new Set(await stored(server, key, acknowledged));
    const lost = acknowledged.filter((call) => !found.has(storedId(call)));
    expect(lost, `killed after ${killAfter} answers`).toEqual([]);
  }
  // Some were killed in the middle, else this test has shown nothing.
  expect(unanswered).toBeGreaterThan(KILLS);

  const calls = posts.flatMap((post) => post.calls);
  const found = await stored(server, key, calls);
  expect(new Set(found).size).toBe(found.length);
  expect(await counted(server, key)).toBe(found.length);

  // The clients whose requests were cut off send them again, and so do some that were answered.
  const again = posts.filter(({ acknowledged }) => !acknowledged || Math.random() < 0.1);
  while (again.length > 0) await Promise.all(again.splice(0, CLIENTS).map((post) => send(server, key, post)));
  expect(await counted(server, key)).toBe(calls.length);
}, 900_000);
