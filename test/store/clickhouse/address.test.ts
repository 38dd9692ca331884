import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, shownAddress } from '../../../src/store/clickhouse/address.ts';
import { maskUrl } from '../../../src/secrets.ts';

describe('a database URL', () => {
  it('names everything that is needed to connect', () => {
    expect(parseAddress('clickhouse://ada:p%40ss@db.acme.com:9000/usage?cluster=main')).toEqual({
      urls: ['http://db.acme.com:9000'],
      user: 'ada',
      password: 'p@ss',
      database: 'usage',
      cluster: 'main',
    });
  });

  it('has defaults for what is left out', () => {
    expect(parseAddress('clickhouse://localhost/usage')).toMatchObject({
      urls: ['http://localhost:8123'],
      user: 'default',
      password: '',
      cluster: null,
    });
    expect(parseAddress('clickhouses://localhost/usage').urls).toEqual(['https://localhost:8443']);
  });

  it('may name several nodes', () => {
    expect(parseAddress('clickhouse://u:p@one:1,[::1]:2,three/usage').urls).toEqual([
      'http://one:1',
      'http://[::1]:2',
      'http://three:8123',
    ]);
  });

  it('carries any user and password, percent-encoded, and shows only the user', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }), (user, password) => {
        const url = `clickhouse://${encodeURIComponent(user)}:${encodeURIComponent(password)}@host/usage`;
        expect(parseAddress(url)).toMatchObject({ user, password });
        expect(shownAddress(parseAddress(url))).toBe(`http://host:8123 (database usage, user ${user})`);
        expect(maskUrl(url)).toBe(`clickhouse://${encodeURIComponent(user)}:…@host/usage`);
      }),
    );
  });

  it.each([
    'clickhouse://ada:hunter2@host:8123',
    'clickhouse://ada:hunter2@host:8123/',
    'clickhouse://ada:hunter2@host:8123/two/parts',
    'clickhouse://ada:hunter2@host:99999/usage',
    'clickhouse://ada:hunter2@/usage',
    'clickhouse://ada:hunter2@host:8123/usage; DROP',
    'clickhouse://ada:hunter2@host:8123/usage?cluster=a`b',
    'clickhouse://ada:hunter2@host:8123/usage?hunter2=1',
    'clickhouse://ada:100%hunter2@host:8123/usage',
    'clickhouse://ada:hunter2@host,,other/usage',
    'http://ada:hunter2@host:8123/usage',
  ])('is refused without a word of the password: %s', (url) => {
    let said = '';
    try {
      parseAddress(url);
    } catch (error) {
      said = `${String(error)} ${(error as { hint?: string }).hint ?? ''}`;
    }
    expect(said).toContain('database URL');
    expect(said).not.toContain('hunter2');
  });
});
