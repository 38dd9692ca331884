import { PassThrough, Writable } from 'node:stream';
import type { Context, Io } from '../../src/cli/context.ts';

class Sink extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface TestContext extends Context {
  io: Io & { stdin: PassThrough; stdout: Sink; stderr: Sink };
}

/** A context of buffers: no terminal, no environment, a clock that stands still, and a fetch that must be given. */
export function testContext(given: Partial<Omit<Context, 'io'>> & { io?: Partial<Io> } = {}): TestContext {
  const { io, ...rest } = given;
  return {
    env: {},
    home: '/nonexistent',
    cwd: '/nonexistent',
    platform: 'linux',
    pid: 4242,
    parentPid: 1,
    host: 'test-host',
    uid: 1000,
    program: { node: '/usr/bin/node', script: '/opt/revenium/bin/revenium-cursor.js' },
    isRunning: () => false,
    onHangup: () => () => undefined,
    now: () => Date.UTC(2026, 10, 20, 12),
    fetch: () => Promise.reject(new Error('this test has no network')),
    sleep: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...rest,
    io: {
      stdinTTY: false,
      stdoutTTY: false,
      stderrTTY: false,
      columns: 80,
      color: false,
      ...io,
      stdin: new PassThrough(),
      stdout: new Sink(),
      stderr: new Sink(),
    },
  };
}
