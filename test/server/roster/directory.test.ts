import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { People } from '../../../src/server/roster/directory.ts';
import { directoryOf } from '../../../src/server/roster/directory.ts';
import type { Mapping, Segment } from '../../../src/server/roster/mapping.ts';
import { SegmentError, addSegment, checkSegments } from '../../../src/server/roster/mapping.ts';
import type { Member } from '../../../src/server/roster/member.ts';
import { closesCircle, rootOf } from '../../../src/server/roster/merges.ts';

const FOREVER = 253_370_764_800_000;
const member = (email: string, more: Partial<Member> = {}): Member => ({
  email,
  name: null,
  aliases: [],
  role: 'member',
  manager: null,
  terms: [{ fromMs: null, toMs: null, team: null, department: null }],
  ...more,
});
const people = (more: Partial<People>): People => ({
  members: [],
  mappings: [],
  merges: new Map(),
  departments: new Map(),
  ...more,
});
const ada = member('ada@acme.com', {
  aliases: ['ada@home.org', 'github:ada'],
  terms: [
    { fromMs: null, toMs: 100, team: 'web', department: null },
    { fromMs: 100, toMs: 200, team: 'core', department: 'R&D' },
  ],
});

describe('the directory', () => {
  it('has a person’s e-mail and aliases, in their teams of the time, and no team before or after', () => {
    const rows = directoryOf(people({ members: [ada], departments: new Map([['web', 'Product']]) }));
    const stretches = [
      { fromMs: 0, toMs: 100, team: 'web', department: 'Product' },
      { fromMs: 100, toMs: 200, team: 'core', department: 'R&D' },
      { fromMs: 200, toMs: FOREVER, team: null, department: null },
    ].map((row) => ({ ...row, person: 'email:ada@acme.com' }));
    for (const actor of ['email:ada@acme.com', 'email:ada@home.org', 'github:ada'])
      expect(rows.filter((row) => row.actor === actor)).toEqual(stretches.map((row) => ({ actor, ...row })));
    expect(rows).toHaveLength(9);
  });

  it('has mapped actors, an open start being the past, and a mapping before an alias', () => {
    const mappings: Mapping[] = [
      { actor: 'anthropic-key:k1', segments: [{ fromMs: null, toMs: 150, person: 'email:ada@acme.com' }] },
      { actor: 'github:ada', segments: [{ fromMs: 150, toMs: null, person: 'email:bob@acme.com' }] },
    ];
    const rows = directoryOf(people({ members: [ada], mappings }));
    expect(
      rows.filter(({ actor }) => actor === 'anthropic-key:k1').map((row) => [row.fromMs, row.toMs, row.team]),
    ).toEqual([
      [0, 100, 'web'],
      [100, 150, 'core'],
    ]);
    expect(rows.filter(({ actor }) => actor === 'github:ada').map((row) => [row.fromMs, row.toMs, row.person])).toEqual(
      [
        [0, 100, 'email:ada@acme.com'],
        [100, 150, 'email:ada@acme.com'],
        [150, FOREVER, 'email:bob@acme.com'],
      ],
    );
  });

  it('makes one person of two that were merged, in the teams of the one that stays', () => {
    const rows = directoryOf(
      people({
        members: [member('ada.l@acme.com'), ada],
        merges: new Map([['email:ada.l@acme.com', 'email:ada@acme.com']]),
      }),
    );
    expect(new Set(rows.map(({ person }) => person))).toEqual(new Set(['email:ada@acme.com']));
    expect(rows.filter(({ actor }) => actor === 'email:ada.l@acme.com').map(({ team }) => team)).toEqual([
      'web',
      'core',
      null,
    ]);
  });

  it('gives an alias with two owners to one of them, and never somebody’s own e-mail', () => {
    const members = [
      member('bob@acme.com', { aliases: ['x:1', 'ada@acme.com'] }),
      member('ada@acme.com', { aliases: ['x:1'] }),
    ];
    for (const order of [members, members.toReversed()]) {
      const rows = directoryOf(people({ members: order }));
      expect(rows.find(({ actor }) => actor === 'x:1')?.person).toBe('email:ada@acme.com');
      expect(rows.find(({ actor }) => actor === 'email:ada@acme.com')?.person).toBe('email:ada@acme.com');
    }
  });

  it('says at every moment who it was, by the plain reading of roster, mappings and merges', () => {
    const end = fc.option(fc.integer({ min: 1, max: 8 }));
    const persons = ['email:a@x.co', 'email:b@x.co', 'email:c@x.co'];
    const segment = fc.record({ fromMs: end, toMs: end, person: fc.constantFrom(...persons) });
    const term = fc.record({
      fromMs: end,
      toMs: end,
      team: fc.constantFrom('t1', 't2'),
      department: fc.constant(null),
    });
    const inside = (one: { fromMs: number | null; toMs: number | null }, ms: number): boolean =>
      ms >= (one.fromMs ?? -1) && ms < (one.toMs ?? 1e9);
    /** The first ones that fit together. */
    const fitting = <T extends { fromMs: number | null; toMs: number | null }>(all: readonly T[]): T[] =>
      all.reduce<T[]>((kept, one) => {
        const clashes = [0, 1, 2, 3, 4, 5, 6, 7, 8].some((ms) => inside(one, ms) && kept.some((k) => inside(k, ms)));
        return clashes || (one.fromMs ?? -1) >= (one.toMs ?? 1e9) ? kept : [...kept, one];
      }, []);
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 4 }),
        fc.array(term, { maxLength: 3 }),
        fc.array(fc.tuple(fc.constantFrom(...persons), fc.constantFrom(...persons)), { maxLength: 3 }),
        (segments, terms, merged) => {
          const merges = new Map<string, string>();
          for (const [person, into] of merged) if (!closesCircle(merges, person, into)) merges.set(person, into);
          const ofA = fitting(terms);
          const given = fitting(segments);
          const rows = directoryOf(
            people({
              members: [member('a@x.co', { aliases: ['k:1'], terms: ofA })],
              mappings: [{ actor: 'k:1', segments: given }],
              merges,
            }),
          ).filter(({ actor }) => actor === 'k:1');
          for (const ms of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
            const named = given.find((one) => inside(one, ms))?.person ?? 'email:a@x.co';
            let person = named;
            while (merges.has(person)) person = merges.get(person) ?? '';
            const team = person === 'email:a@x.co' ? (ofA.find((one) => inside(one, ms))?.team ?? null) : null;
            const found = rows.filter((row) => ms >= row.fromMs && ms < row.toMs);
            expect(found.map((row) => [row.person, row.team])).toEqual([[person, team]]);
          }
        },
      ),
    );
  });
});

describe('merges', () => {
  it('are followed to the end, and never run in a circle', () => {
    const merges = new Map([
      ['a', 'b'],
      ['b', 'c'],
    ]);
    expect([rootOf(merges, 'a'), rootOf(merges, 'c'), rootOf(merges, 'x')]).toEqual(['c', 'c', 'x']);
    expect([closesCircle(merges, 'c', 'a'), closesCircle(merges, 'a', 'a'), closesCircle(merges, 'c', 'x')]).toEqual([
      true,
      true,
      false,
    ]);
    // Who is merged anew was on the way before.
    const before = new Map([
      ['c', 'a'],
      ['a', 'b'],
    ]);
    expect(closesCircle(before, 'a', 'c')).toBe(true);
    const circle = new Map([
      ['b', 'c'],
      ['c', 'b'],
      ['a', 'b'],
    ]);
    expect(['a', 'b', 'c'].map((one) => rootOf(circle, one))).toEqual(['b', 'b', 'b']);
  });
});

describe('segments of a mapping', () => {
  const segment = (fromMs: number | null, toMs: number | null, person = 'email:a@x.co'): Segment => ({
    fromMs,
    toMs,
    person,
  });

  it('may meet and be apart, in any order', () => {
    expect(checkSegments([segment(5, null), segment(null, 3), segment(3, 4)]).map(({ fromMs }) => fromMs)).toEqual([
      null,
      3,
      5,
    ]);
  });

  it.each([
    ['one moment is in both', [segment(null, 4), segment(3, null)]],
    ['both are open', [segment(null, null), segment(3, 4)]],
    ['one is within another, with a third between their starts', [segment(0, 9), segment(1, 2), segment(3, 4)]],
  ])('are refused where %s', (_, segments) => {
    expect(() => checkSegments(segments)).toThrow(SegmentError);
    expect(() => checkSegments(segments.toReversed())).toThrow(/overlaps/);
  });

  it('are refused where one ends before it begins', () => {
    expect(() => checkSegments([segment(4, 4)])).toThrow(/ends before it begins/);
  });

  it('are added once', () => {
    const once = addSegment(null, 'k:1', segment(null, 4));
    expect(addSegment(once, 'k:1', segment(null, 4))).toBe(once);
    expect(addSegment(once, 'k:1', segment(4, null, 'email:b@x.co')).segments).toHaveLength(2);
    expect(() => addSegment(once, 'k:1', segment(3, null))).toThrow(SegmentError);
  });
});
