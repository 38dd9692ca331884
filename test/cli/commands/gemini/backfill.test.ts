import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ImportWorld } from '../../../support/import-world.ts';

const FIXTURES = path.resolve('fixtures/gemini-cli');

/** A home with the chats of two recorded runs. */
function world(): ImportWorld {
  const made = new ImportWorld();
  const into = path.join(made.home, '.gemini', 'tmp', 'slug', 'chats');
  cpSync(path.join(FIXTURES, 'chats-subagent'), into, { recursive: true });
  cpSync(path.join(FIXTURES, 'session-tool.jsonl'), path.join(into, 'session-tool.jsonl'));
  return made;
}

/** The telemetry of the same runs, as recorded. */
function telemetry(name: string): string[] {
  const recorded = JSON.parse(readFileSync(path.join(FIXTURES, name), 'utf8')) as unknown;
  const requests = Array.isArray(recorded) ? recorded : [recorded];
  return requests.map((request: { body?: unknown }) => JSON.stringify(request.body ?? request));
}

const RUNS = ['otlp-logs-tool.json', 'otlp-logs-subagent.json'];

async function deliverTelemetry(into: ImportWorld): Promise<void> {
  for (const body of RUNS.flatMap(telemetry)) await into.endpoint.fetch('', { body });
}

const sums = (counted: ReturnType<ImportWorld['counted']>) => ({
  calls: counted.length,
  input: counted.reduce((sum, event) => sum + event.inputTokens, 0),
  output: counted.reduce((sum, event) => sum + event.outputTokens, 0),
});

describe('the backfill of Gemini CLI', () => {
  it('delivers each call once', async () => {
    const one = world();
    const run = (args: string) => one.json(args, {}, 'revenium-gemini');
    expect(await run('backfill --dry-run')).toMatchObject({ files: 3, records: 5, duplicates: 3, new: 5, sent: 0 });
    expect(await run('backfill')).toMatchObject({ new: 5, sent: 5, failed: 0 });
    expect(await run('backfill')).toMatchObject({ new: 0, sent: 0 });
    expect(one.counted()).toHaveLength(5);
    expect(one.counted().filter(({ agent }) => agent === 'subagent')).toHaveLength(1);
  });

  it('finds the calls that telemetry has delivered, whichever comes first', async () => {
    const telemetryOnly = world();
    await deliverTelemetry(telemetryOnly);
    const first = world();
    await deliverTelemetry(first);
    await first.run('backfill', {}, 'revenium-gemini');
    const second = world();
    await second.run('backfill', {}, 'revenium-gemini');
    await deliverTelemetry(second);
    await second.run('backfill --no-checkpoint', {}, 'revenium-gemini');
    expect(sums(first.counted())).toEqual(sums(telemetryOnly.counted()));
    expect(sums(second.counted())).toEqual(sums(telemetryOnly.counted()));
  });
});
