/** An organisation's name stands first in every path, so it must not be a word that routes use. */
const ROUTE_WORDS = new Set(
  'api assets auth admin dashboard docs healthz login logout meter metrics openapi readyz sdk static v1 v2 v3'.split(
    ' ',
  ),
);

export function isOrganizationName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])$/.test(name) && !ROUTE_WORDS.has(name);
}

export const ORGANIZATION_NAME_RULE =
  'a name of 2 to 40 lower-case letters, digits and hyphens that neither starts nor ends with a hyphen and is no word of a route';
