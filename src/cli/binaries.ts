import type { Binary } from './table.ts';

/** A new binary is a file in `bin/`, a file in `binaries/` and a row here. */
export const BINARIES: Readonly<Record<string, () => Promise<Binary>>> = {
  'revenium-metering': async () => (await import('./binaries/metering.ts')).metering,
  'revenium-gemini': async () => (await import('./binaries/gemini.ts')).gemini,
  'revenium-cursor': async () => (await import('./binaries/cursor.ts')).cursor,
  'revenium-leaderboard': async () => (await import('./binaries/leaderboard.ts')).leaderboard,
  'revenium-server': async () => (await import('./binaries/server.ts')).server,
};
