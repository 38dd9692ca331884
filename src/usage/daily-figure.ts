import type { Assistant } from './event.ts';

/** What vendors count by day beside usage. */
export const FIGURE_NAMES = [
  'lines-added',
  'lines-removed',
  'accepted-lines-added',
  'accepted-lines-removed',
  'commits',
  'pull-requests',
  'edits-accepted',
  'edits-rejected',
  'tabs-shown',
  'tabs-accepted',
  /** Micro-dollars charged beyond the plan in the billing cycle that begins on the day. */
  'cycle-spend-micros',
] as const;
export type FigureName = (typeof FIGURE_NAMES)[number];

/** A number of a person's day, as a vendor's report has it. Replaced by reporter and day whenever that is read again. */
export interface DailyFigure {
  /** Days since 1970-01-01 UTC. */
  day: number;
  assistant: Assistant;
  /** Which report it is from. */
  reporter: string;
  /** As an event's. */
  actor: string | null;
  name: FigureName;
  value: number;
}
