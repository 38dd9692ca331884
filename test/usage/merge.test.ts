import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeProvenance, encodeProvenance, join, observe, retraction } from '../../src/usage/merge.ts';
import { NOON, observation } from '../support/observations.ts';

const base = { org: 'acme', id: 'a'.repeat(64), assistant: 'claude-code', atMs: NOON } as const;

describe('join', () => {
  const same = observation().map((state) => ({ ...state, id: base.id, org: 'acme' }));

  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(same, same, same, (a, b, c) => {
        expect(join(a, b)).toEqual(join(b, a));
        expect(join(join(a, b), c)).toEqual(join(a, join(b, c)));
        expect(join(a, a)).toBe(a);
        expect(join(join(a, b), b)).toEqual(join(a, b));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes output from whoever has more, the split from whoever knows it, time from telemetry', () => {
    const live = observe({
      ...base,
      source: 'telemetry',
      atMs: NOON + 40,
      outputTokens: 52,
      cacheWrite5mTokens: 1006,
      splitKnown: false,
    });
    const file = observe({
      ...base,
      source: 'backfill',
      outputTokens: 3,
      partial: true,
      cacheWrite5mTokens: 604,
      cacheWrite1hTokens: 402,
    });
    for (const joined of [join(live, file), join(file, live)])
      expect(joined).toMatchObject({
        outputTokens: 52,
        partial: false,
        cacheWrite5mTokens: 604,
        cacheWrite1hTokens: 402,
        atMs: NOON + 40,
      });
  });

  it('lets a session file mend telemetry that reported zeros', () => {
    const live = observe({ ...base, source: 'telemetry', outputTokens: 0, partial: true });
    const file = observe({ ...base, source: 'backfill', inputTokens: 100, cacheReadTokens: 2000, outputTokens: 52 });
    expect(join(live, file)).toMatchObject({
      inputTokens: 100,
      cacheReadTokens: 2000,
      outputTokens: 52,
      partial: false,
    });
  });

  it('keeps a configured e-mail over the login and both over an installation, whichever came last', () => {
    const named = observe({
      ...base,
      source: 'telemetry',
      actor: 'email:ada@acme.com',
      actorRank: 6,
      login: 'ada@home.example',
    });
    const login = observe({ ...base, source: 'telemetry', actor: 'email:zed@acme.com', actorRank: 5 });
    const install = observe({ ...base, source: 'telemetry', actor: 'user:zzz', actorRank: 2 });
    expect(join(join(install, login), named)).toMatchObject({ actor: 'email:ada@acme.com', login: 'ada@home.example' });
    expect(join(named, join(login, install)).actor).toBe('email:ada@acme.com');
  });

  it('lets a newer snapshot replace all of an older one, smaller figures and nulls too', () => {
    const older = observe({ ...base, source: 'sync', revision: 1, outputTokens: 90, billedMicros: 5, model: 'a' });
    const newer = observe({ ...base, source: 'sync', revision: 2, outputTokens: 10, model: null });
    for (const joined of [join(older, newer), join(newer, older)])
      expect(joined).toMatchObject({ outputTokens: 10, billedMicros: null, model: null });
  });

  it('retracts what a newer snapshot lacks and takes it back when a later one has it', () => {
    const row = observe({ ...base, source: 'sync', revision: 2, outputTokens: 10 });
    const gone = retraction(base, 'sync', 3);
    expect(join(row, gone)).toMatchObject({ status: 'retracted', outputTokens: 10, requests: 1 });
    expect(join(gone, row)).toMatchObject({ status: 'retracted', outputTokens: 10, requests: 1 });
    expect(join(join(row, gone), observe({ ...base, source: 'sync', revision: 4, outputTokens: 11 }))).toMatchObject({
      status: 'ok',
      outputTokens: 11,
    });
  });
});

describe('provenance', () => {
  it('survives its text form', () => {
    const one = observation();
    fc.assert(
      fc.property(one, one, (a, b) => {
        const state = join(a, { ...b, id: a.id });
        const back = { ...state, ...decodeProvenance(encodeProvenance(state)) };
        expect(join(back, state)).toBe(back);
        expect(join(state, back)).toBe(state);
      }),
      { numRuns: 1000 },
    );
  });
});
