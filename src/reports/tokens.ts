import type { Aggregate } from './metric.ts';
import { raw } from './sql.ts';

const tokens = (key: string, title: string, definition: string, columns: readonly string[]): Aggregate => ({
  key,
  title,
  definition,
  unit: 'tokens',
  denominator: null,
  select: raw(columns.map((column) => `sum(${column})`).join(' + ')),
});

const CACHE_WRITE = ['cache_write_5m_tokens', 'cache_write_1h_tokens'];

export const inputTokens = tokens('inputTokens', 'Input tokens', 'Uncached input tokens.', ['input_tokens']);

export const outputTokens = tokens('outputTokens', 'Output tokens', 'Output tokens, reasoning included.', [
  'output_tokens',
]);

export const cacheReadTokens = tokens(
  'cacheReadTokens',
  'Cache read tokens',
  'Input tokens read from a prompt cache.',
  ['cache_read_tokens'],
);

export const cacheWriteTokens = tokens(
  'cacheWriteTokens',
  'Cache write tokens',
  'Input tokens written to a prompt cache, for five minutes or for an hour.',
  CACHE_WRITE,
);

export const totalTokens = tokens(
  'totalTokens',
  'Tokens',
  'Input, output, cache read and cache write tokens together.',
  ['input_tokens', 'output_tokens', 'cache_read_tokens', ...CACHE_WRITE],
);
