import { onTestFinished } from 'vitest';
import { RequestBudget } from '../../src/vendors/request-budget.ts';
import { VendorApi } from '../../src/vendors/vendor-api.ts';
import type { VendorProfile } from '../../src/vendors/vendor-profile.ts';
import type { VendorServer } from './vendor-server.ts';

/** A clock that only those who sleep move. */
export class SleepingClock {
  nowMs: number;
  readonly slept: number[] = [];

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  now = (): number => this.nowMs;

  sleep = async (ms: number): Promise<void> => {
    this.slept.push(ms);
    this.nowMs += ms;
  };
}

export const vendorClient = (
  profile: VendorProfile,
  server: VendorServer,
  key: string,
  clock: SleepingClock,
): VendorApi =>
  new VendorApi(profile, {
    apiKey: key,
    baseUrl: server.url,
    budget: new RequestBudget({ perMinute: profile.perMinute, now: clock.now, sleep: clock.sleep }),
    timeoutMs: 2000,
    fetch,
    sleep: clock.sleep,
    now: clock.now,
    random: () => 0.5,
    signal: new AbortController().signal,
  });

/** Closed after the test. */
export async function listening<Server extends VendorServer>(server: Server): Promise<Server> {
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}
