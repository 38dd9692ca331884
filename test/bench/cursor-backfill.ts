/**
 * What `cursor-sync.ts` measures: `revenium-cursor backfill` in a process of its own, with a clock by which the waits
 * for Cursor's limit pass at once. Prints what it did, when it asked Cursor by that clock, and its memory at the peak.
 */
import { runBinary } from '../../src/cli/run.ts';
import { createContext } from '../../src/cli/context.ts';

const cursorUrl = process.env.CURSOR_API_BASE_URL ?? '';
const context = createContext(new AbortController().signal);
let aheadMs = 0;
const asked: number[] = [];
const now = (): number => Date.now() + aheadMs;
const code = await runBinary('revenium-cursor', ['backfill', ...process.argv.slice(2), '--json'], {
  ...context,
  now,
  sleep: async (ms) => {
    aheadMs += ms;
  },
  fetch: (url, init) => {
    if (url instanceof URL && url.href.startsWith(cursorUrl)) asked.push(now());
    return fetch(url, init);
  },
});
const busiest = Math.max(...asked.map((from) => asked.filter((at) => at >= from && at < from + 60_000).length));
console.error(
  JSON.stringify({
    code,
    requests: asked.length,
    busiestMinute: busiest,
    cursorMinutes: Math.round((Math.max(...asked) - Math.min(...asked)) / 60_000),
    peakMB: Math.round(process.resourceUsage().maxRSS / 1024),
    cpuS: Math.round((process.cpuUsage().user + process.cpuUsage().system) / 1e6),
  }),
);
