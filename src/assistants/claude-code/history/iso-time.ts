const WITH_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
const WITH_ZONE = /(?:Z|[+-]\d\d:?\d\d)$/i;

/** Milliseconds UTC of an ISO time of any precision; without a zone it is UTC, whatever this machine's zone is. */
export function isoMs(text: string): number | null {
  if (!WITH_TIME.test(text)) return null;
  const ms = Date.parse(WITH_ZONE.test(text) ? text : `${text}Z`);
  return Number.isFinite(ms) ? ms : null;
}
