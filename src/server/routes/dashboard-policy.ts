/**
 * The one style sheet that Observable Plot writes into each chart, by its hash (the charts' class name is part of it).
 * A browser test asserts that no page breaks this policy, so that another release of Plot cannot do so unseen.
 */
const PLOT_STYLE = "'sha256-zrfVyvY1E/5V+DXZunsRZW8XTqTsuIZzp8dBDThhSn8='";

/** What the dashboard's pages may load: from this server, and nothing inline. */
export const DASHBOARD_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${PLOT_STYLE}`,
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
