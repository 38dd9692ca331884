/**
 * OTEL_RESOURCE_ATTRIBUTES: pairs `name=value` between commas, values percent-encoded. That is the only form that
 * every client takes: one plain space makes older versions of Claude Code drop the whole variable, and newer ones
 * drop the pair from the records.
 */
export type Attributes = Readonly<Record<string, string | null>>;

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** What a client would make of the text; pairs without `=` are nothing. */
export function readAttributes(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim();
    return name === '' ? [] : [[name, decode(pair.slice(at + 1).trim())] as const];
  });
  return Object.fromEntries(pairs);
}

/** `existing` with `values` set (or, null, gone): ours first, then what somebody has added by hand. */
export function editAttributes(existing: string | undefined, values: Attributes): string {
  const added = Object.entries(readAttributes(existing ?? '')).filter(([name]) => !Object.hasOwn(values, name));
  return [...Object.entries(values), ...added]
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join(',');
}
