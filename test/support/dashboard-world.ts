import type { AddressInfo } from 'node:net';
import type { TestApp, TestAppOptions } from './app.ts';
import { openApp } from './app.ts';
import { SEED_TO, seededOrganization, storeOrganization } from './seeded-organization.ts';

export interface DashboardWorld extends TestApp {
  url: string;
  org: string;
  nowMs: number;
  close: () => Promise<void>;
}

/** The seeded organisation behind a real port, at the last minute of its last day. */
export async function openDashboardWorld(
  org = 'seeded',
  options: Omit<TestAppOptions, 'now'> = {},
): Promise<DashboardWorld> {
  // Not at midnight: the present day is incomplete, as it nearly always is.
  const nowMs = SEED_TO - 6 * 3_600_000;
  const server = await openApp({ ...options, now: () => nowMs });
  await storeOrganization(server.store, org, seededOrganization(org));
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.app.server.address() as AddressInfo;
  return { ...server, url: `http://127.0.0.1:${port}`, org, nowMs };
}
