import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A real `revenium-server`, for benchmarks and tests that kill it. */
export interface ServerProcess {
  url: string;
  org: string;
  /** Null after the first start. */
  adminKey: string | null;
  process: ChildProcess;
  /** Resident memory, bytes (Linux). */
  residentBytes: () => number;
  /** CPU seconds, user and system (Linux). */
  cpuSeconds: () => number;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

const BINARY = path.resolve(import.meta.dirname, '../../bin/revenium-server.cjs');

/** Resolves when the server has said that it is ready. */
export async function startServer(dataDirectory: string, args: readonly string[] = []): Promise<ServerProcess> {
  const child = spawn(process.execPath, [BINARY, 'start', '--data', dataDirectory, '--port', '0', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with ${String(code)}`))),
  ])) as [string];
  const { url, org, adminKey = null } = JSON.parse(line) as { url: string; org: string; adminKey?: string };
  const proc = (file: string): string => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  return {
    url,
    org,
    adminKey,
    process: child,
    residentBytes: () => Number(/VmRSS:\s+(\d+)/.exec(proc('status'))?.[1]) * 1024,
    cpuSeconds: () => {
      const fields = proc('stat').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, 'exit');
    },
  };
}
