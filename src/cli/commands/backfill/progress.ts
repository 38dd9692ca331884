import type { Context } from '../../context.ts';

const TERMINAL_MS = 100;
const LINES_MS = 5000;

/** What is being done, on stderr: one line that changes on a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #context: Pick<Context, 'io' | 'now'>;
  readonly #pauseMs: number;
  #saidMs: number;
  #shown = false;

  constructor(context: Pick<Context, 'io' | 'now'>) {
    this.#context = context;
    this.#pauseMs = context.io.stderrTTY ? TERMINAL_MS : LINES_MS;
    this.#saidMs = context.now();
  }

  /** Shows a line, unless the last one is still fresh. */
  show(line: () => string): void {
    const { io, now } = this.#context;
    const nowMs = now();
    if (nowMs - this.#saidMs < this.#pauseMs) return;
    this.#saidMs = nowMs;
    if (!io.stderrTTY) io.stderr.write(`${line()}\n`);
    else {
      io.stderr.write(`\r\x1b[K${line().slice(0, io.columns - 1)}`);
      this.#shown = true;
    }
  }

  /** Takes the changing line away. */
  end(): void {
    if (this.#shown) this.#context.io.stderr.write('\r\x1b[K');
    this.#shown = false;
  }
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1.0 GB` */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit] ?? ''}`;
}

/** `1,234,567` */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** `12,300 of 38,000 sent, 9,800 a second, 3 s left` */
export function sendingLine(done: number, all: number, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0;
  const left = rate > 0 ? `, ${durationText(((all - done) / rate) * 1000)} left` : '';
  return `${formatCount(done)} of ${formatCount(all)} sent, ${formatCount(Math.round(rate))} a second${left}`;
}

function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
