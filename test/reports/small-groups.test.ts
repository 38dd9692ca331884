import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_ROSTER } from '../../src/reports/context.ts';
import type { Filter } from '../../src/reports/filter.ts';
import { peopleBehind, shownGroups } from '../../src/reports/small-groups.ts';
import { eventId } from '../../src/usage/identity.ts';
import { observe } from '../../src/usage/merge.ts';
import { REPORT_STORES } from '../support/report-stores.ts';

const NOW = Date.UTC(2026, 9, 31);
const DAY = 86_400_000;

/** Who used which model for which project; a person may have used several. */
const USED: readonly (readonly [model: string | null, project: string, people: readonly number[]])[] = [
  ['opus', 'app', [0, 1, 2, 3, 4, 5, 6]],
  ['sonnet', 'app', [0, 1, 2, 3, 4, 5]],
  ['haiku', 'site', [7, 8, 9]],
  [null, 'site', [7, 8]],
];

describe.each(REPORT_STORES)('the people behind an answer, on $name', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open(() => ({ listMicros: null, cacheSavingsMicros: null }));
    const events = USED.flatMap(([model, project, people]) =>
      people.map((n) =>
        observe({
          ...{ org: 'acme', atMs: NOW - 5 * DAY, assistant: 'claude-code', source: 'telemetry', model, project },
          ...{ id: eventId(['small', model ?? '', n]), actor: `key:${n}`, inputTokens: 1, outputTokens: 1 },
        }),
      ),
    );
    await opened.store.write({ events, activities: [] });
    // Two keys of one person; the third person is of another team than the rest.
    await opened.store.replaceDirectory(
      'acme',
      Array.from({ length: 10 }, (_, n) => ({
        ...{ actor: `key:${n}`, fromMs: 0, toMs: NOW, person: `email:p${n === 1 ? 0 : n}@acme.com` },
        ...{ team: n >= 7 ? 'web' : 'core', department: null },
      })),
    );
  }, 240_000);
  afterAll(() => opened.close());

  const question = (filter: Partial<Filter>) => ({
    filter: { org: 'acme', ...filter },
    range: { fromMs: NOW - 10 * DAY, toMs: NOW, tz: 'UTC' },
    context: {
      query: opened.store.query.bind(opened.store),
      ...{ nowMs: NOW, roster: NO_ROSTER, syncs: [], budgets: [] },
    },
  });

  it.each<[Partial<Filter>, matching: number, apart: number | null]>([
    [{}, 9, null],
    [{ models: ['opus'] }, 6, 8],
    // Those who used another model for it are five, those who used opus for something else nobody.
    [{ models: ['opus'], projects: ['app'] }, 6, 5],
    [{ models: ['opus', 'sonnet'] }, 6, 3],
    [{ models: ['haiku'] }, 3, 8],
    [{ teams: ['core'] }, 6, 3],
    [{ teams: ['web'], projects: ['site'] }, 3, null],
    [{ models: ['nothing'] }, 0, 9],
  ])('are counted once, with those apart: %j', async (filter, matching, fewestApart) => {
    const [now, before] = await peopleBehind(question(filter));
    expect(now).toEqual({ matching, calls: matching, fewestApart });
    expect(before).toEqual({ matching: 0, calls: 0, fewestApart: null });
  });

  it('decide which groups are shown', async () => {
    const shown = async (by: 'model' | 'team' | 'project') => [...(await shownGroups(question({}), by))[0]];
    // Haiku and what is unsaid are of three people: sonnet, of five, is left out with them.
    expect(await shown('model')).toEqual(['opus']);
    expect(await shown('team')).toEqual([]);
    expect([...(await shownGroups(question({}), 'model'))[1]]).toEqual([]);
  });
});
