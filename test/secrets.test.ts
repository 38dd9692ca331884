import { describe, expect, it } from 'vitest';
import { maskKey, maskKeys } from '../src/secrets.ts';

describe('a key', () => {
  it.each([
    ['hak_acme_0123456789abcdef', 'hak_acme_…cdef'],
    ['rev_mk_acme_0123456789', 'rev_…6789'],
    ['sk-ant-admin01-abcdefghijklmnop', 'sk-ant-…mnop'],
    ['crsr_0123456789abcdef', 'crsr_…cdef'],
    ['0123456789abcdef', '…cdef'],
    // Too little to keep a part of it.
    ['hak_acme_short', 'hak_acme_…'],
    ['secret', '…'],
    ['', '…'],
  ])('%s is shown as %s', (key, shown) => {
    expect(maskKey(key)).toBe(shown);
  });
});

describe('text', () => {
  it('loses every key that it holds, of ours or of a vendor', () => {
    const text =
      'x-api-key=hak_acme_0123456789abcdef (was sk-ant-api03-abcdefghijkl), crsr_0123456789abcdef, ghp_0123456789abcdef';
    expect(maskKeys(text)).toBe('x-api-key=hak_acme_…cdef (was sk-ant-…ijkl), crsr_…cdef, ghp_…cdef');
  });

  it('loses keys of any form that are named', () => {
    expect(maskKeys('Bearer plain-token-of-somebody', ['plain-token-of-somebody'])).toBe('Bearer …body');
    expect(maskKeys('a short one: abc', ['abc'])).toBe('a short one: abc');
  });
});
