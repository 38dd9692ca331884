import { z } from 'zod';
import { DATA_QUALITY_METRICS, dataQuality } from '../../../reports/data-quality.ts';
import { periodOf } from '../../../reports/period.ts';
import { described, shownSpan, shownTime, span } from './answer.ts';
import { byShownName, personShape, shownPerson } from './person.ts';
import { shownHere } from './organization-view.ts';
import { reportRoute } from './report-route.ts';

const say = described(DATA_QUALITY_METRICS);
const row = z.object({
  ...personShape,
  assistant: z.string(),
  lastAt: z.string().nullable(),
  requests: z.number(),
  activeDays: z.number(),
  longestGapDays: say.orNull('longestGapDays'),
  partialShare: say.orNull('partialShare'),
  unpricedShare: say.orNull('unpricedShare'),
  unattributed: z.boolean(),
});

export const dataQualityRoute = reportRoute({
  paths: ['/api/v1/:org_id/data-quality'],
  summary: 'How far the figures can be relied on: by person and assistant, and by source',
  atLeast: 'manager',
  answer: z.object({
    ...span.shape,
    requests: z.number(),
    partialShare: say.orNull('partialShare'),
    unpricedShare: say.orNull('unpricedShare'),
    unattributedShare: say.orNull('unattributedShare'),
    unpricedModels: z.array(z.object({ model: z.string().nullable(), assistant: z.string(), requests: z.number() })),
    silentSeats: z.array(z.object({ ...personShape, assistant: z.string(), plan: z.string() })),
    otherLogins: z
      .array(z.object({ user: z.string(), login: z.string(), lastDate: z.string() }))
      .describe('Where the assistant’s own login is another than the e-mail that usage is attributed to'),
    syncs: z.array(
      z.object({ vendor: z.string(), lastSuccessAt: z.string().nullable(), lastError: z.string().nullable() }),
    ),
    rows: z.array(row),
  }),
  row,
  answerTo: async (asked) => {
    const [{ rows, silentSeats, otherLogins, syncs, unpricedModels, ...rest }, isShown] = await Promise.all([
      dataQuality(asked),
      shownHere(asked, 'model'),
    ]);
    return {
      ...shownSpan(periodOf(asked.range).range),
      ...rest,
      unpricedModels: unpricedModels.filter(({ model }) => isShown(model)),
      silentSeats: asked.anonymous
        ? []
        : byShownName(
            silentSeats.map(({ person, ...one }) => ({ ...shownPerson(person, asked), ...one })),
            asked,
          ),
      otherLogins:
        asked.anonymous || asked.sight.pseudonymous
          ? []
          : otherLogins.map(({ person, ...one }) => ({ user: asked.sight.shown(person), ...one })),
      syncs: syncs.map(({ vendor, lastSuccessMs, lastError }) => ({
        ...{ vendor, lastError },
        lastSuccessAt: shownTime(lastSuccessMs),
      })),
      rows: asked.anonymous
        ? []
        : byShownName(
            rows.map(({ person, lastMs, ...one }) => ({
              ...shownPerson(person, asked),
              ...one,
              lastAt: shownTime(lastMs),
            })),
            asked,
            (a, b) => Date.parse(a.lastAt ?? '') - Date.parse(b.lastAt ?? ''),
          ),
    };
  },
  rowsOf: ({ rows }) => rows,
});
