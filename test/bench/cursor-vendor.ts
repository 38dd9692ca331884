/**
 * A vendor with as many rows as asked for, evenly over a span of time, none of them in memory: a process of its own,
 * so that it does not count. Started by `cursor-sync.ts` with the number of rows, the first time and the span.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [count = 0, fromMs = 0, spanMs = 0] = process.argv.slice(2).map(Number);
const everyMs = spanMs / count;

const atMs = (n: number): number => fromMs + Math.floor(n * everyMs);

/** The first row at or after a time. */
function firstAt(time: number): number {
  let n = Math.min(count, Math.max(0, Math.floor((time - fromMs) / everyMs)));
  while (n > 0 && atMs(n - 1) >= time) n -= 1;
  while (n < count && atMs(n) < time) n += 1;
  return n;
}

const row = (n: number) => ({
  timestamp: String(atMs(n)),
  userEmail: `dev${n % 400}@acme.com`,
  conversationId: `5f6c0d0e-6a0b-4a53-9d0e-${String(n % 5000).padStart(12, '0')}`,
  model: ['claude-4.5-sonnet-thinking', 'composer-2.5-fast', 'default'][n % 3],
  kind: n % 2 ? 'Usage-based' : 'Included in Business',
  maxMode: false,
  requestsCosts: 1,
  isTokenBasedCall: true,
  isChargeable: n % 2 === 1,
  isHeadless: false,
  tokenUsage: { inputTokens: n % 1000, outputTokens: n % 700, cacheReadTokens: n % 9000, totalCents: (n % 1000) / 100 },
  chargedCents: (n % 1000) / 90,
  cursorTokenFee: 0.1,
});

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  request.on('end', () => {
    const asked = JSON.parse(text) as Record<'startDate' | 'endDate' | 'page' | 'pageSize', number>;
    const first = firstAt(asked.startDate);
    const end = firstAt(asked.endDate + 1);
    const total = end - first;
    const numPages = Math.ceil(total / asked.pageSize);
    const newest = end - 1 - (asked.page - 1) * asked.pageSize;
    const rows = Math.max(0, Math.min(asked.pageSize, newest - first + 1));
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        totalUsageEventsCount: total,
        pagination: { numPages, currentPage: asked.page, pageSize: asked.pageSize, hasNextPage: asked.page < numPages },
        usageEvents: Array.from({ length: rows }, (_, i) => row(newest - i)),
      }),
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
});
process.on('SIGTERM', () => process.exit());
