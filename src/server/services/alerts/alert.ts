/** What the daily look at an organisation can find. */
export const RULES = ['adoption', 'newcomer', 'budget', 'spike', 'stale-sync'] as const;
export type Rule = (typeof RULES)[number];

export interface Alert {
  rule: Rule;
  /** What it is about, and of what time: the same is said once. */
  subject: string;
  title: string;
  text: string;
}

/** Numbers by which the rules decide. */
export interface AlertLimits {
  /** A new seat should be used within so many days. */
  newcomerDays: number;
  /** A connected vendor should have been read within so many hours. */
  staleSyncHours: number;
}
