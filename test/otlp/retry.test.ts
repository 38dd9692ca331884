import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, isRetryableError, isRetryableStatus, networkCode, retryAfterMs } from '../../src/otlp/retry.ts';

test('only the four statuses of the protocol are sent again', () => {
  const again = Array.from({ length: 600 }, (_, status) => status).filter(isRetryableStatus);
  expect(again).toEqual([429, 502, 503, 504]);
});

test('broken and timed out connections are sent again, other failures of a fetch are final', () => {
  const failed = (code: string) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('inner'), { code }) });
  for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'ECONNREFUSED'])
    expect(isRetryableError(failed(code)), code).toBe(true);
  for (const code of ['ENOTFOUND', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'])
    expect(isRetryableError(failed(code)), code).toBe(false);
  expect(networkCode(failed('ENOTFOUND'))).toBe('ENOTFOUND');
  expect(isRetryableError(new DOMException('too slow', 'TimeoutError'))).toBe(true);
  expect(isRetryableError(new TypeError('bad header'))).toBe(false);
  expect(isRetryableError('text')).toBe(false);
});

test('waits double up to half a minute, and vary by half', () => {
  const bounds = [1, 2, 3, 4, 5, 6, 7, 8, 20].map((n) => [backoffMs(n, () => 0), backoffMs(n, () => 1)]);
  expect(bounds).toEqual([
    [250, 500],
    [500, 1000],
    [1000, 2000],
    [2000, 4000],
    [4000, 8000],
    [8000, 16_000],
    [15_000, 30_000],
    [15_000, 30_000],
    [15_000, 30_000],
  ]);
});

test.each([
  [null, null],
  ['', null],
  ['0', 0],
  ['120', 120_000],
  [' 4 ', 4000],
  ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
  ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
  ['-5', null],
  ['1.5', null],
  ['soon', null],
  ['99999999999999', null],
])('Retry-After %j is %j ms', (header, ms) => {
  expect(retryAfterMs(header, Date.UTC(2026, 10, 20, 12))).toBe(ms);
});

test('no Retry-After makes anybody wait for a negative time or for none that is a number', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (header, now) => {
      const ms = retryAfterMs(header, now);
      expect(ms === null || ms >= 0).toBe(true);
    }),
  );
});
