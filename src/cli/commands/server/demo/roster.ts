import { DAY_MS } from '../../../../usage/days.ts';
import type { Connection } from '../connection.ts';
import { DEMO_PEOPLE } from './company.ts';
import { DEMO_DAYS } from './workday.ts';

/** Those who are new came with their seat, the others when the company began. */
const NEWCOMER_DAYS = 20;

interface Given {
  seats: readonly { email: string; assistant: string }[];
}

/** Enters everybody with team and seats; said again, it changes nothing. `base`: `/api/v1/demo` */
export async function enterRoster(call: Connection['call'], base: string, nowMs: number): Promise<void> {
  const { seats: given } = (await call('GET', `${base}/seats`)) as Given;
  const held = new Set(given.map(({ email, assistant }) => `${email} ${assistant}`));
  for (const { email, name, team, department, habit, seats } of DEMO_PEOPLE) {
    const who = encodeURIComponent(email);
    await call('PUT', `${base}/members/${who}`, { name, team, department });
    const daysAgo = habit === 'new' ? NEWCOMER_DAYS : DEMO_DAYS;
    const from = new Date(nowMs - daysAgo * DAY_MS).toISOString().slice(0, 10);
    for (const { assistant, tier } of seats)
      // Another day would be another beginning.
      if (!held.has(`${email} ${assistant}`)) await call('PUT', `${base}/seats/${who}/${assistant}`, { tier, from });
  }
}
