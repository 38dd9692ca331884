import { DAY_MS } from '../../usage/days.ts';
import type { UsageReader, UsageWindow } from '../cursor/read-usage.ts';
import type { ToolUsage } from './tool-usage.ts';
import { summed } from './tool-usage.ts';

/** Older events Cursor does not give. */
export const CURSOR_DAYS = 90;
/** The longest span that one request may ask for. */
const WINDOW_MS = 30 * DAY_MS;
/** More rows at once would move while they are read. */
const MAX_ROWS = 20_000;
const SHORTEST_MS = 60 * 60_000;

/** Cursor by person: its events, and what it charges for them, within the plan or beyond. @throws VendorError */
export async function readCursor(
  reader: Pick<UsageReader, 'read'>,
  { fromMs, toMs }: UsageWindow,
  onProgress: (done: string) => void,
): Promise<ToolUsage[]> {
  const usages: ToolUsage[] = [];
  let events = 0;
  const read = async (window: UsageWindow): Promise<void> => {
    const length = window.toMs - window.fromMs;
    const reading = await reader.read(window, length > SHORTEST_MS ? MAX_ROWS : Number.POSITIVE_INFINITY);
    if ('total' in reading) {
      const middle = window.fromMs + Math.floor(length / 2);
      await read({ fromMs: window.fromMs, toMs: middle });
      await read({ fromMs: middle, toMs: window.toMs });
      return;
    }
    events += reading.rows.length;
    onProgress(`${events} events`);
    usages.push(
      ...summed(
        reading.rows.map((row) => ({
          user: row.who ?? 'unknown',
          tool: 'Cursor',
          requests: 1,
          tokens: row.inputTokens + row.outputTokens + row.cacheReadTokens + row.cacheWriteTokens,
          costMicros: row.chargedMicros ?? row.reportedMicros,
        })),
      ),
    );
  };
  onProgress('asking');
  for (let at = fromMs; at < toMs; at += WINDOW_MS) await read({ fromMs: at, toMs: Math.min(at + WINDOW_MS, toMs) });
  return summed(usages);
}
