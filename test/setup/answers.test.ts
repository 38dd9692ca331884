import { describe, expect, it } from 'vitest';
import { claudeCodeSetup } from '../../src/assistants/claude-code/setup.ts';
import {
  checkApiKey,
  checkCursorKey,
  checkEmail,
  checkEndpoint,
  checkSyncInterval,
  checkTier,
  CHECKS,
} from '../../src/setup/answers.ts';
import { tiersOf } from '../../src/usage/tiers.ts';

describe('an endpoint', () => {
  it.each([
    ['https://api.revenium.ai', 'https://api.revenium.ai'],
    [' https://api.revenium.ai/ ', 'https://api.revenium.ai'],
    ['https://usage.acme.com/revenium//', 'https://usage.acme.com/revenium'],
    ['https://api.revenium.ai/meter/v2/otlp', 'https://api.revenium.ai'],
    ['https://api.revenium.ai/meter/v2/otlp/v1/logs', 'https://api.revenium.ai'],
    ['http://localhost:4318', 'http://localhost:4318'],
    ['http://127.0.0.1:4318/v1/logs', 'http://127.0.0.1:4318'],
    ['http://[::1]:4318', 'http://[::1]:4318'],
    ['HTTPS://API.Revenium.AI', 'https://api.revenium.ai'],
  ])('%s', (given, expected) => {
    expect(checkEndpoint(given, false)).toBe(expected);
  });

  it.each([
    '',
    'api.revenium.ai',
    'ftp://x',
    'http://usage.acme.com',
    'https://u:p@x',
    'https://x?a=1',
    'https://x#a',
    'http://localhost.evil.com',
  ])('%j is refused', (given) => {
    expect(() => checkEndpoint(given, false)).toThrow(/endpoint/);
  });

  it('may be plain http elsewhere if that is meant', () => {
    expect(checkEndpoint('http://usage.acme.com:4318', true)).toBe('http://usage.acme.com:4318');
  });
});

it('an endpoint is read back from what a hand has put a slash behind', () => {
  for (const end of ['', '/', '/meter/v2/otlp', '/meter/v2/otlp/']) {
    const values = { OTEL_EXPORTER_OTLP_ENDPOINT: `https://usage.acme.com${end}` };
    expect(claudeCodeSetup.answers(values).endpoint).toBe('https://usage.acme.com');
  }
});

describe('a key', () => {
  it.each([
    '',
    'short',
    'with space in it',
    'sk-ant-api03-abcdefgh',
    'AIzaabcdefghijk',
    'ghp_abcdefghijk',
    'crsr_abcdefghijkl',
  ])('%j is refused', (given) => {
    expect(() => checkApiKey(given)).toThrow(/key/);
  });

  it('is taken in any form that our endpoints have had', () => {
    for (const key of ['hak_acme_0123456789', 'rev_mk_acme_0123456', 'rev_0123456789'])
      expect(checkApiKey(` ${key} `)).toBe(key);
    expect(checkCursorKey('crsr_0123456789')).toBe('crsr_0123456789');
    expect(() => checkCursorKey('hak_acme_0123456789')).toThrow(/--api-key/);
  });
});

describe('other answers', () => {
  it('an e-mail address', () => {
    expect(checkEmail(' ada@acme.com ')).toBe('ada@acme.com');
    expect(checkEmail('')).toBe(null);
    for (const given of ['ada', 'ada@', '@acme.com', 'a b@c.d', 'a,b@c.d', 'a@b\nc'])
      expect(() => checkEmail(given)).toThrow('e-mail address');
  });

  it('a tier', () => {
    const tiers = tiersOf('claude-code');
    expect(checkTier('max_20x', tiers)).toBe('max_20x');
    expect(checkTier('', tiers)).toBe(null);
    expect(() => checkTier('gold', tiers)).toThrow('not one of pro, max_5x');
  });

  it('a sync interval', () => {
    expect(checkSyncInterval('15')).toBe(15);
    for (const given of ['0', '-1', '1.5', 'x', '', '1441']) expect(() => checkSyncInterval(given)).toThrow('minutes');
  });

  it('a label: any words, but nothing that cannot stand on a line', () => {
    const check = (given: string) => CHECKS.organization(given, { insecure: false, tiers: [] });
    expect(check(' Müller, Söhne & "Co" ')).toBe('Müller, Söhne & "Co"');
    expect(check('  ')).toBe(null);
    for (const given of ['a\nb', 'a\u0000b', 'a\ud800b', 'x'.repeat(256)])
      expect(() => check(given)).toThrow('organization');
  });
});
