import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeCorpus } from '../support/corpus.ts';
import type { Truth } from '../support/corpus.ts';
import type { Measured } from './measure.ts';
import { canMeasure, line, measure } from './measure.ts';

/**
 * How fast a history is read: ours beside ccusage, which is native code, in turns on the same warm files, so that
 * what else the machine does falls on both.
 *
 *     npm run bench:scan -- [size, default 1G] [rounds, default 5] [seed, default 42]
 */

const [size = '1G', rounds = '5', seed = '42'] = process.argv.slice(2);
const METERING = path.resolve('bin/revenium-metering.js');
const FOLDER = path.join(os.tmpdir(), 'revenium-bench');
/** Newer releases come without a binary for some platforms. */
const PEERS = ['ccusage@latest', 'ccusage@20.0.24'];

function corpus(name: string, bytes: string, from: number): { folder: string; truth: Truth } {
  const folder = path.join(FOLDER, name);
  if (!existsSync(path.join(folder, 'truth.json'))) makeCorpus(folder, bytes, from);
  return { folder, truth: JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8')) as Truth };
}

/** The peer's launcher, installed aside; null where it cannot be had. */
function installPeer(history: string): string | null {
  const folder = path.join(FOLDER, 'peer');
  mkdirSync(folder, { recursive: true });
  const launcher = path.join(folder, 'node_modules', 'ccusage', 'src', 'cli.js');
  const works = (): boolean => {
    try {
      execFileSync(process.execPath, [launcher, '--version'], {
        stdio: 'ignore',
        env: { ...process.env, ...peerEnv(history) },
      });
      return true;
    } catch {
      return false;
    }
  };
  if (works()) return launcher;
  for (const release of PEERS) {
    try {
      execFileSync('npm', ['install', '--silent', '--prefix', folder, release], { stdio: 'ignore' });
    } catch {
      continue;
    }
    if (works()) return launcher;
  }
  return null;
}

const peerEnv = (history: string): Record<string, string> => ({ CLAUDE_CONFIG_DIR: history, HOME: FOLDER });

/** Appends another history to the files of this one, about one part in a hundred; returns how to undo it. */
function append(history: string, more: string): () => void {
  const filesIn = (folder: string): string[] =>
    readdirSync(path.join(folder, 'projects'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => path.join(folder, 'projects', name))
      .sort();
  const into = filesIn(history);
  const sizes = new Map<string, number>();
  for (const [i, file] of filesIn(more).entries()) {
    const target = into[(i * 7919) % into.length] ?? '';
    if (!sizes.has(target)) sizes.set(target, statSync(target).size);
    appendFileSync(target, Buffer.concat([Buffer.from('\n'), readFileSync(file)]));
  }
  return () => {
    for (const [file, length] of sizes) truncateSync(file, length);
  };
}

function check({ stdout }: Measured, truth: Truth): void {
  const { records, tokens } = JSON.parse(stdout) as { records: number; tokens: Record<string, number> };
  const { input, output, cacheRead, cacheWrite5m = 0, cacheWrite1h = 0 } = tokens;
  const found = [records, input, output, cacheRead, cacheWrite5m + cacheWrite1h];
  const wanted = [truth.records, truth.input, truth.output, truth.cacheRead, truth.cacheCreate];
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`found ${found.join()}, truly ${wanted.join()}`);
}

if (!canMeasure()) throw new Error('needs GNU time at /usr/bin/time');
const { folder: history, truth } = corpus(`${size}-${seed}`, size, Number(seed));
const peer = installPeer(history);
const ours = async (home: string): Promise<Measured> =>
  await measure(process.execPath, [METERING, 'backfill', '--dry-run', '--json'], {
    HOME: home,
    CLAUDE_CONFIG_DIR: history,
  });

const firsts: Measured[] = [];
const peers: Measured[] = [];
for (let round = 0; round < Number(rounds); round++) {
  const home = mkdtempSync(path.join(os.tmpdir(), 'revenium-bench-home-'));
  firsts.push(await ours(home));
  rmSync(home, { recursive: true });
  if (peer !== null)
    peers.push(await measure(process.execPath, [peer, 'daily', '--offline', '--json'], peerEnv(history)));
}
for (const run of firsts) check(run, truth);

const home = mkdtempSync(path.join(os.tmpdir(), 'revenium-bench-home-'));
const seconds: Measured[] = [];
const unchanged: Measured[] = [];
const more = corpus(`${size}-more`, String(Math.round(truth.bytes / 100)), Number(seed) + 1);
for (let round = 0; round < Number(rounds); round++) {
  await ours(home);
  const undo = append(history, more.folder);
  seconds.push(await ours(home));
  unchanged.push(await ours(home));
  undo();
}
rmSync(home, { recursive: true });

console.log(
  `${size}: ${truth.files} files, ${truth.bytes} bytes, ${truth.records} records; ${rounds} rounds; median (least)`,
);
console.log(line('backfill --dry-run --json', firsts, truth.bytes));
if (peer === null) console.log('ccusage could not be installed');
else console.log(line('ccusage daily --offline --json', peers, truth.bytes));
console.log(line('again, 1 % appended', seconds, truth.bytes));
console.log(line('again, nothing changed', unchanged, truth.bytes));
console.log('The totals equal the truth in every round.');
