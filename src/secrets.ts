/** Keys as they may be shown: enough to tell two apart, never enough to use one. */

const HEAD = /^(?:hak_[A-Za-z0-9-]{1,24}_|[a-z]{2,4}-[a-z]{2,6}-|[a-z]{2,10}_)/;

/** `hak_acme_…x9Qd`; a short key keeps nothing. */
export function maskKey(key: string): string {
  const head = HEAD.exec(key)?.[0] ?? '';
  const rest = key.slice(head.length);
  return rest.length < 12 ? `${head}…` : `${head}…${rest.slice(-4)}`;
}

const KEYS =
  /\b(?:hak_[A-Za-z0-9-]+_[\w-]{6,}|sk-(?:ant|admin|proj)-[\w-]{6,}|crsr_\w{6,}|key_\w{12,}|gh[a-z]_\w{6,}|github_pat_\w{6,})/g;

/** The last guard before text is printed or logged: masks whatever looks like a key, and every key in `known`. */
export function maskKeys(text: string, known: readonly string[] = []): string {
  let masked = text;
  for (const key of known) if (key.length >= 6) masked = masked.replaceAll(key, maskKey(key));
  return masked.replace(KEYS, maskKey);
}

/** An address without the password in it: `clickhouse://ada:…@host:8123/usage`. */
export const maskUrl = (text: string): string => text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/?#]*):[^@/?#]*@/i, '$1:…@');
