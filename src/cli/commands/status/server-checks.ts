import type { KeyCheck } from '../../endpoint-client.ts';
import { NO_ENDPOINT, isReadOnlyScope } from '../../endpoint-client.ts';
import type { VendorKeyCheck } from '../vendor-key.ts';
import { vendorProblem } from '../vendor-key.ts';
import type { Check } from './check.ts';
import { fail, info, ok, warn } from './check.ts';

/** Clocks further apart than this put usage under the wrong time. */
const SKEW_MS = 60_000;

export function serverChecks(endpoint: string, key: KeyCheck, binary: string, platform: NodeJS.Platform): Check[] {
  if (key.state === 'unreachable')
    return [
      fail('server', `${endpoint} cannot be reached: ${key.why}`, 'What is used now is lost.', reachRemedy(endpoint)),
    ];
  if (key.state === 'failing' && key.status === 200)
    return [
      fail(
        'server',
        `${endpoint} ${NO_ENDPOINT}`,
        'Nothing is taken in.',
        `Check the address, and what stands before it: curl ${endpoint}/healthz`,
      ),
    ];
  if (key.state === 'failing')
    return [
      fail(
        'server',
        `${endpoint} answers ${key.status}`,
        'What is used now may be lost.',
        'Try again; if it stays, look at the log of the server',
      ),
    ];
  const server = ok('server', `${endpoint} answers`);
  const other = `${binary} setup --api-key <key>`;
  if (key.state === 'refused')
    return [server, fail('key', `it refuses the key (${key.status})`, 'Nothing is taken in.', other)];
  if (key.state === 'not-offered')
    return [server, info('key', 'it offers no key check', `Whether it takes the key, "${binary} test" tells.`)];
  const whose = [key.org && `organisation ${key.org}`, key.scope && `scope ${key.scope}`].filter(Boolean).join(', ');
  return [server, scopeCheck(key.scope, whose, other), ...clockCheck(key.clockSkewMs, platform)];
}

function scopeCheck(scope: string | null, whose: string, other: string): Check {
  if (isReadOnlyScope(scope))
    return fail('key', `the key's scope is ${scope ?? ''}, which may read but not send`, 'Nothing is taken in.', other);
  if (scope === 'admin')
    return warn(
      'key',
      `it takes the key (${whose})`,
      'Whoever reads it on this machine can read and change everything of the organisation.',
      `revenium-server keys create --scope ingest, then: ${other}`,
    );
  return ok('key', `it takes the key${whose && ` (${whose})`}`);
}

const reachRemedy = (endpoint: string): string =>
  /\/\/(?:localhost|127\.|\[::1\])/.test(endpoint)
    ? 'Start it: revenium-server start'
    : `Check your network, proxy and the address: curl ${endpoint}/healthz`;

const SET_CLOCK: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'sudo timedatectl set-ntp true',
  darwin: 'sudo sntp -sS time.apple.com',
  win32: 'w32tm /resync',
};

function clockCheck(skewMs: number | null, platform: NodeJS.Platform): Check[] {
  if (skewMs === null) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) < SKEW_MS) return [ok('clock', 'this clock and the server’s agree')];
  const says = `this clock is ${duration(seconds)} ${skewMs > 0 ? 'behind' : 'ahead of'} the server’s`;
  return [fail('clock', says, 'Usage is put down to the wrong time.', SET_CLOCK[platform] ?? 'Set the clock')];
}

/** `90 s`, `12 min`, `3 h`, `5 days`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

export function vendorChecks(check: VendorKeyCheck, binary: string): Check[] {
  const problem = vendorProblem(check);
  if (problem?.final)
    return [
      fail(
        'cursor-key',
        problem.says,
        `Nothing can be synced. ${problem.hint}`,
        `${binary} setup --cursor-api-key <key>`,
      ),
    ];
  if (problem) return [warn('cursor-key', problem.says, 'A sync will catch up once it can.', 'Try again later')];
  const team = check.state === 'accepted' && check.members !== null ? ` (a team of ${check.members})` : '';
  return [ok('cursor-key', `Cursor takes its API key${team}`)];
}
