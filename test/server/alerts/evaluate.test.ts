import { describe, expect, it } from 'vitest';
import type { AlertFacts } from '../../../src/server/services/alerts/evaluate.ts';
import { alertsFrom } from '../../../src/server/services/alerts/evaluate.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 20, 7);
const LIMITS = { newcomerDays: 7, staleSyncHours: 48 };
const QUIET: AlertFacts = {
  nowMs: NOW,
  adoption: { rate: null, target: null },
  newcomers: [],
  budgets: [],
  spikes: [],
  syncs: [],
};
const found = (facts: Partial<AlertFacts>) => alertsFrom({ ...QUIET, ...facts }, LIMITS);
const titles = (facts: Partial<AlertFacts>) => found(facts).map(({ title }) => title);

describe('the rules', () => {
  it('find nothing where nothing is known', () => {
    expect(found({})).toEqual([]);
  });

  it('hold adoption against its target', () => {
    expect(titles({ adoption: { rate: 0.8, target: 0.8 } })).toEqual([]);
    expect(titles({ adoption: { rate: 0.8, target: null } })).toEqual([]);
    expect(titles({ adoption: { rate: null, target: 0.8 } })).toEqual([]);
    expect(titles({ adoption: { rate: 0.61, target: 0.8 } })).toEqual(['Adoption is 61 %, under the target of 80 %']);
    // Not rounded to what it is held against.
    expect(titles({ adoption: { rate: 0.7996, target: 0.8 } })).toEqual([
      'Adoption is 79.9 %, under the target of 80 %',
    ]);
  });

  it('give a newcomer a week', () => {
    const ada = { person: 'email:ada@acme.com', name: 'Ada', assistant: 'cursor' } as const;
    const titlesAfter = (days: number) => titles({ newcomers: [{ ...ada, fromMs: NOW - days * DAY_MS }] });
    expect(titlesAfter(6.99)).toEqual([]);
    const beginning = { person: 'email:ada@acme.com', name: null, fromMs: NOW - 9 * DAY_MS };
    expect(found({ newcomers: [{ ...beginning, assistant: 'gemini-cli' }] })).toMatchObject([
      {
        title: 'ada@acme.com has not had a first session with Gemini CLI yet',
        text: expect.stringContaining('revenium-gemini setup') as string,
      },
    ]);
    expect(titlesAfter(7)).toEqual(['Ada has not had a first session with Cursor yet']);
  });

  it('compare what the month is heading for with its budget', () => {
    const month = { team: null, month: '2026-11', budgetMicros: 1_000_000_000 };
    expect(titles({ budgets: [{ ...month, forecastMicros: 1_000_000_000 }] })).toEqual([]);
    expect(titles({ budgets: [{ ...month, forecastMicros: 1_250_500_000 }] })).toEqual([
      'The organisation is heading for $1,250.50 in 2026-11',
    ]);
  });

  it('repeat a spike', () => {
    const spike = { kind: 'team', who: 'Data', name: null, date: '2026-11-19', model: 'opus' } as const;
    const [alert] = found({ spikes: [{ ...spike, apiEquivalentMicros: 90_000_000, medianMicros: 9_000_000 }] });
    expect(alert).toMatchObject({
      title: 'Team Data used $90.00 on 2026-11-19',
      text: 'The usual day is $9.00; mostly opus.',
    });
    const ada = {
      ...spike,
      kind: 'person',
      who: 'email:ada@acme.com',
      apiEquivalentMicros: 9e7,
      medianMicros: 9e6,
    } as const;
    expect(titles({ spikes: [ada, { ...ada, name: 'Ada' }] })).toEqual([
      'ada@acme.com used $90.00 on 2026-11-19',
      'Ada used $90.00 on 2026-11-19',
    ]);
  });

  it('miss a sync that has not succeeded in two days', () => {
    const at = (hours: number) => [{ vendor: 'cursor', lastSuccessMs: NOW - hours * 3_600_000, lastError: null }];
    expect(titles({ syncs: at(48) })).toEqual([]);
    expect(titles({ syncs: at(49) })).toEqual(['Cursor was last read on 2026-11-18']);
    expect(titles({ syncs: [{ vendor: 'openai', lastSuccessMs: null, lastError: 'refused' }] })).toEqual([
      'OpenAI has never been read',
    ]);
  });
});
