import { useSyncExternalStore } from 'react';

const MINUTE_MS = 60_000;

const subscribe = (listener: () => void): (() => void) => {
  const timer = window.setInterval(listener, MINUTE_MS / 4);
  return () => window.clearInterval(timer);
};

/** The minute that it is, ms UTC: changes only with the minute, so that addresses made from it keep. */
export const useMinute = (): number =>
  useSyncExternalStore(subscribe, () => Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
