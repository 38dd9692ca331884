import { DAY_MS, parseDate, utcDay } from '../../usage/days.ts';
import type { Days } from '../day-buckets.ts';
import { countOf, emailOf, isObject, membersOf, numberOf, textOf } from '../json-values.ts';
import type { Reading } from '../paging.ts';
import { readPages } from '../paging.ts';
import type { VendorApi } from '../vendor-api.ts';
import { malformed } from '../vendor-error.ts';

/** A person's day in Cursor's editor, as far as it is no model call. */
export interface CursorDay {
  day: number;
  email: string;
  linesAdded: number;
  linesRemoved: number;
  acceptedLinesAdded: number;
  acceptedLinesRemoved: number;
  accepted: number;
  rejected: number;
  tabsShown: number;
  tabsAccepted: number;
}

const PAGE_SIZE = 100;

/** At most 30 days; active people only. @throws VendorError */
export function readDailyUsage(api: Pick<VendorApi, 'post'>, days: Days): Promise<Reading<CursorDay>> {
  // Both ends are inclusive.
  const span = { startDate: days.from * DAY_MS, endDate: days.to * DAY_MS - 1 };
  return readPages(
    'Cursor',
    async (cursor) => {
      const page = Number(cursor ?? '1');
      const { body, dateMs } = await api.post('/teams/daily-usage-data', { ...span, page, pageSize: PAGE_SIZE });
      const { data, pagination } = membersOf(body);
      if (!Array.isArray(data)) throw malformed('Cursor', 'it holds no days');
      const hasNext = membersOf(pagination).hasNextPage === true && data.length > 0;
      return { values: data, next: hasNext ? String(page + 1) : null, dateMs };
    },
    (value) => dayOf(value, days),
  ).then((reading) => ({ ...reading, rows: reading.rows.filter(({ day }) => day >= days.from && day < days.to) }));
}

function dayOf(value: unknown, { from }: Days): CursorDay | null {
  if (!isObject(value)) return null;
  const email = emailOf(value.email);
  const dateMs = numberOf(value.date);
  const day = parseDate(textOf(value.day) ?? '') ?? (dateMs === null ? null : utcDay(dateMs));
  if (email === null || day === null) return null;
  // With paging, those who did nothing are listed as well, some of them without a day.
  if (value.isActive === false && day < from) return null;
  return {
    day,
    email,
    linesAdded: countOf(value.totalLinesAdded),
    linesRemoved: countOf(value.totalLinesDeleted),
    acceptedLinesAdded: countOf(value.acceptedLinesAdded),
    acceptedLinesRemoved: countOf(value.acceptedLinesDeleted),
    accepted: countOf(value.totalAccepts),
    rejected: countOf(value.totalRejects),
    tabsShown: countOf(value.totalTabsShown),
    tabsAccepted: countOf(value.totalTabsAccepted),
  };
}
