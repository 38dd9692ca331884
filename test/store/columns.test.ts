import { describe, expect, it } from 'vitest';
import { ACTIVITY_COLUMNS, EVENT_COLUMNS, fieldOf } from '../../src/store/columns.ts';
import type { Row } from '../../src/store/rows.ts';
import { EVENT_READERS, eventOf, storedActivity } from '../../src/store/rows.ts';
import type { Activity } from '../../src/usage/event.ts';
import { observe } from '../../src/usage/merge.ts';

const event = observe({
  org: 'acme',
  id: 'ab'.repeat(32),
  assistant: 'cursor',
  source: 'sync',
  revision: 7,
  atMs: 1_795_210_349_706,
  tier: 'pro',
  billing: 'seat',
  speed: 'fast',
  webSearches: 2,
  callKey: 5n,
});
event.callKeys = [5n, 6n, 7n];
const computed = ['day', 'quarterHour', 'lane', 'provenance', 'callKey', 'moreCallKeys'];

describe('event columns', () => {
  it('hold every field of a stored event, and nothing else', () => {
    const fields = EVENT_COLUMNS.map(({ name }) => fieldOf(name)).filter((name) => !computed.includes(name));
    expect([...fields].sort()).toEqual(
      Object.keys(event)
        .filter((name) => !['ranks', 'revisions', 'callKeys'].includes(name))
        .sort(),
    );
  });

  it('give back what was put in', () => {
    const row: Row = Object.fromEntries(EVENT_READERS.map(({ column, read }) => [column.name, read(event)]));
    expect(eventOf(row)).toEqual(event);
    expect(row).toMatchObject({ day: 20777, quarter_hour: 1994678 });
  });
});

describe('activity columns', () => {
  it('hold every field of an activity', () => {
    const activity: Activity = {
      org: 'acme',
      id: 'ab'.repeat(32),
      atMs: 1,
      kind: 'prompt',
      assistant: 'claude-code',
      actor: null,
      sessionId: null,
      promptId: null,
      organization: null,
      product: null,
      project: null,
      repository: null,
      agent: null,
      model: null,
      version: null,
      name: null,
      outcome: null,
      decidedBy: null,
      durationMs: null,
      size: 3,
    };
    const fields = ACTIVITY_COLUMNS.map(({ name }) => fieldOf(name)).filter((name) => !computed.includes(name));
    expect([...fields].sort()).toEqual(Object.keys(storedActivity(activity)).sort());
  });
});
