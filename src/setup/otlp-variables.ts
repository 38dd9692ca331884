import type { Answers } from './assistant-setup.ts';
import type { EnvRecord } from './env-file.ts';
import { editAttributes, readAttributes } from './resource-attributes.ts';

/** What every assistant that sends OTLP by itself is told by the same variables. */

const OTLP_PATH = '/meter/v2/otlp';

/** The client appends `/v1/logs`. */
export const otlpEndpoint = (endpoint: string): string => endpoint + OTLP_PATH;

/** A slash at its end, as a hand may have put it, says nothing. */
export function withoutOtlpPath(url: string): string {
  const bare = url.replace(/\/+$/, '');
  return bare.endsWith(OTLP_PATH) ? bare.slice(0, -OTLP_PATH.length) : bare;
}

export const otlpHeaders = (apiKey: string, existing?: string): string =>
  editAttributes(existing, { 'x-api-key': apiKey });

/** The attributes that say who and what for; `more` are the assistant's own. */
export function attributionAttributes(
  { email, organization, product }: Answers,
  existing?: string,
  more: Readonly<Record<string, string | null>> = {},
): string {
  return editAttributes(existing, {
    'user.email': email,
    'organization.name': organization,
    'product.name': product,
    ...more,
    // Written by the older packages, read by nobody.
    cost_multiplier: null,
  });
}

/** The answers that these variables hold. */
export function attributionAnswers(values: EnvRecord): Partial<Answers> {
  const headers = readAttributes(values.OTEL_EXPORTER_OTLP_HEADERS ?? '');
  const attributes = readAttributes(values.OTEL_RESOURCE_ATTRIBUTES ?? '');
  const apiKey = headers['x-api-key'];
  const email = attributes['user.email'] ?? values.REVENIUM_SUBSCRIBER_EMAIL;
  return {
    ...(apiKey && { apiKey }),
    ...(email && { email }),
    ...(attributes['organization.name'] && { organization: attributes['organization.name'] }),
    ...(attributes['product.name'] && { product: attributes['product.name'] }),
  };
}
