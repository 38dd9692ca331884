import { createHash } from 'node:crypto';

/** By which what was delivered is kept apart; a new key of the same organisation is the same place. */
export function destinationId(endpoint: string, apiKey: string): string {
  const account = /^hak_([A-Za-z0-9-]+)_/.exec(apiKey)?.[1] ?? apiKey;
  return createHash('sha256')
    .update(JSON.stringify([endpoint, account]))
    .digest('hex')
    .slice(0, 16);
}
