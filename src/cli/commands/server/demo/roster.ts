import type { Connection } from '../connection.ts';
import { DEMO_PEOPLE } from './company.ts';

/** Enters everybody with team and seats; said again, it changes nothing. `base`: `/api/v1/demo` */
export async function enterRoster(call: Connection['call'], base: string): Promise<void> {
  for (const { email, name, team, department, seats } of DEMO_PEOPLE) {
    const who = encodeURIComponent(email);
    await call('PUT', `${base}/members/${who}`, { name, team, department });
    for (const { assistant, tier } of seats) await call('PUT', `${base}/seats/${who}/${assistant}`, { tier });
  }
}
