import { describe, expect, it } from 'vitest';
import { encodeLogs } from '../../../../src/otlp/encode-request.ts';
import { ImportWorld } from '../../../support/import-world.ts';
import { AT, OTHER_SESSION, SESSION, answer, writeHistory } from '../../../support/session-lines.ts';

const at = (minutes: number): string => new Date(Date.parse(AT) + minutes * 60_000).toISOString();
const numbered = (n: number, more: object = {}): string =>
  answer({ id: `msg_${n}`, requestId: `req_${n}`, at: at(n), output: 100 + n, end: 'end_turn', ...more });

function worldWith(...lines: string[]): ImportWorld {
  const world = new ImportWorld();
  writeHistory(world.claude, { [`-home-ada/${SESSION}.jsonl`]: lines });
  return world;
}

/** What the client's own telemetry says of the same call. */
async function telemetry(world: ImportWorld, n: number, output = 100 + n): Promise<void> {
  const attributes = {
    'session.id': SESSION,
    request_id: `req_${n}`,
    model: 'claude-opus-4-7',
    input_tokens: 10,
    output_tokens: output,
    cache_read_tokens: 2000,
    cache_creation_tokens: 100,
  };
  const record = { eventName: 'claude_code.api_request' as const, atMs: Date.parse(at(n)) + 100, attributes };
  await world.endpoint.fetch('', { body: encodeLogs([record], { 'service.name': 'claude-code' }) });
}

interface Document {
  total: Record<string, number>;
  days: { day: string; calls: number; missing: number }[];
  sessions: { sessionId: string; missing: number }[];
  missing: { requestId: string }[];
  differing: { requestId: string; figures: Record<string, { files: number; server: number }> }[];
  extra: { messageId: string }[];
}

describe('reconcile', () => {
  it('tells by which road the server has each call, and which it has not', async () => {
    const world = worldWith(numbered(1), numbered(2), numbered(3), numbered(24 * 60, { sessionId: OTHER_SESSION }));
    world.now = Date.parse(at(48 * 60));
    await world.run('backfill --to 2026-11-20T10:02:30Z');
    await telemetry(world, 2);
    await telemetry(world, 3);
    const report = await world.json<Document>('reconcile');
    expect(report.total).toMatchObject({ calls: 4, backfillOnly: 1, both: 1, missing: 1, differing: 1, extra: 0 });
    expect(report.days).toMatchObject([
      { day: '2026-11-20', calls: 3, missing: 0 },
      { day: '2026-11-21', calls: 1, missing: 1 },
    ]);
    expect(report.sessions).toMatchObject([
      { sessionId: SESSION, missing: 0 },
      { sessionId: OTHER_SESSION, missing: 1 },
    ]);
    expect(report.missing).toMatchObject([{ requestId: 'req_1440' }]);
    // Without an import the server does not know how the cache write was divided.
    expect(report.differing).toMatchObject([
      { requestId: 'req_3', figures: { cacheWrite1hTokens: { files: 40, server: 0 } } },
    ]);
  });

  it('finds nothing amiss after a backfill, and says so', async () => {
    const world = worldWith(numbered(1), numbered(2));
    await telemetry(world, 1);
    await world.run('backfill');
    const { code, stdout } = await world.run('reconcile');
    expect(code).toBe(0);
    expect(stdout).toContain('has all 2 calls of the session files');
    expect(stdout).toMatch(/2026-11-20 +2 /);
  });

  it('takes the larger output of telemetry for better where the files hold a placeholder', async () => {
    const world = worldWith(answer({ id: 'msg_1', requestId: 'req_1', output: 3, at: at(1) }));
    await telemetry(world, 1, 500);
    await world.run('backfill');
    expect((await world.json<Document>('reconcile')).total).toMatchObject({ both: 1, differing: 0 });
    const less = worldWith(numbered(1));
    await less.run('backfill');
    await telemetry(less, 1, 900);
    expect((await less.json<Document>('reconcile')).differing).toMatchObject([
      { figures: { outputTokens: { files: 101, server: 900 } } },
    ]);
  });

  it('shows what is missing to people, and what to do', async () => {
    const world = worldWith(numbered(1));
    const { code, stdout } = await world.run('reconcile');
    expect(code).toBe(0);
    expect(stdout).toContain('1 missing ("revenium-metering backfill" sends them)');
    expect(stdout).toContain(SESSION);
  });

  it('knows what the server had taken and has no more, which an import does not send again by itself', async () => {
    const world = worldWith(numbered(1), numbered(2));
    await world.run('backfill --to 2026-11-20T10:01:30Z');
    world.endpoint.forget();
    const { stdout } = await world.run('reconcile');
    expect(stdout).toContain('2 missing (it had taken 1 before: "revenium-metering backfill --no-checkpoint" sends');
    await world.run('backfill');
    expect((await world.json<Document>('reconcile')).total).toMatchObject({ missing: 1 });
    await world.run('backfill --no-checkpoint');
    expect((await world.json<Document>('reconcile')).total).toMatchObject({ missing: 0 });
  });

  it('says when the other side cannot be asked', async () => {
    const world = worldWith(numbered(1));
    world.answersLookups = false;
    const { code, stderr } = await world.run('reconcile');
    expect(code).toBe(1);
    expect(stderr).toContain('offers no look-up of records');
    world.env = {};
    expect((await world.run('reconcile')).code).toBe(2);
  });
});
