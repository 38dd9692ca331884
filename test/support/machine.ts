import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  lstatSync,
  mkdirSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runBinary } from '../../src/cli/run.ts';
import type { TestContext } from './context.ts';
import { testContext } from './context.ts';

/** A home on the real disk, and our commands run in it, in this process. */
export class TestMachine {
  readonly home = mkdtempSync(path.join(tmpdir(), 'revenium-home-'));
  env: Record<string, string | undefined> = { PATH: process.env.PATH, SHELL: '/bin/bash' };

  path(name: string): string {
    return path.join(this.home, name);
  }

  write(name: string, content: string | Buffer, mode = 0o644): void {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content, { mode });
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  mode(name: string): number {
    return lstatSync(this.path(name)).mode & 0o777;
  }

  /** Every file, folder and link, byte for byte. */
  snapshot(): Record<string, string> {
    const all: Record<string, string> = {};
    for (const name of readdirSync(this.home, { recursive: true, encoding: 'utf8' }).sort()) {
      const stat = lstatSync(this.path(name));
      const mode = (stat.mode & 0o7777).toString(8);
      if (stat.isSymbolicLink()) all[name] = `-> ${readlinkSync(this.path(name))}`;
      else all[name] = stat.isDirectory() ? 'folder' : `${mode} ${readFileSync(this.path(name)).toString('latin1')}`;
    }
    return all;
  }

  async run(
    binary: string,
    args: readonly string[],
    given: Parameters<typeof testContext>[0] = {},
  ): Promise<{ code: number; out: string; err: string; context: TestContext }> {
    const machine = { env: { HOME: this.home, ...this.env }, home: this.home, cwd: this.home, fetch, now: Date.now };
    const context = testContext({ ...machine, ...given });
    const code = await runBinary(binary, args, context);
    return { code, out: context.io.stdout.text, err: context.io.stderr.text, context };
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
