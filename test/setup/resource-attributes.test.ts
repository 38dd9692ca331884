import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editAttributes, readAttributes } from '../../src/setup/resource-attributes.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });

describe('resource attributes', () => {
  it('come back as they went in, and in the one form that every client takes', () => {
    fc.assert(
      fc.property(text, text, (organization, product) => {
        const written = editAttributes(undefined, { 'organization.name': organization, 'product.name': product });
        expect(readAttributes(written)).toEqual({ 'organization.name': organization, 'product.name': product });
        // One plain space makes older clients drop the whole variable.
        expect(written).toMatch(/^[\w.!'()*~%=,-]+$/);
        expect(editAttributes(written, { 'organization.name': organization })).toBe(
          editAttributes(editAttributes(written, { 'organization.name': organization }), {
            'organization.name': organization,
          }),
        );
      }),
    );
  });

  it.each([
    ['organization.name=Acme%20Corp', { 'organization.name': 'Acme Corp' }],
    [' organization.name = Acme ', { 'organization.name': 'Acme' }],
    ['a=b=c', { a: 'b=c' }],
    ['a=%ZZ', { a: '%ZZ' }],
    ['a,=b,c=', { c: '' }],
    ['', {}],
  ])('reads %j', (written, expected) => {
    expect(readAttributes(written)).toEqual(expected);
  });

  it('keeps what was added by hand, takes out what is null, and mends what older clients stumble over', () => {
    const existing = 'team.id=plat form,user.email=old%40acme.com,cost_multiplier=2';
    expect(
      editAttributes(existing, { 'user.email': 'ada@acme.com', 'product.name': null, cost_multiplier: null }),
    ).toBe('user.email=ada%40acme.com,team.id=plat%20form');
  });
});
