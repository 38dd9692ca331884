/** New rows go to the first; the keeper moves them to the second. The views `usage_event` and `activity` are both. */
export const EVENT_TABLES = ['event_fresh', 'event_kept'] as const;
export const ACTIVITY_TABLES = ['activity_fresh', 'activity_kept'] as const;
