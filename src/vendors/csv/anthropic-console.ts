import { eventId } from '../../usage/identity.ts';
import { DAY_MS, dateOf, utcDay } from '../../usage/days.ts';
import { Cells } from './cells.ts';
import type { Columns, CsvFormat, ImportHints, ReadUsage } from './format.ts';
import { hasAll, namesOf, placesOf } from './format.ts';

/**
 * The usage export of Anthropic's Console: a day's tokens of an API key by model. It has no cost and counts no
 * requests. Older files do not divide cache writes by how long they last, and have neither place nor speed.
 */
const COLUMNS = {
  date: ['usage_date_utc'],
  model: ['model_version', 'model'],
  key: ['api_key'],
  workspace: ['workspace'],
  usage: ['usage_type'],
  window: ['context_window'],
  input: ['usage_input_tokens_no_cache', 'input_tokens'],
  write: ['usage_input_tokens_cache_write', 'cache_creation_input_tokens'],
  write5m: ['usage_input_tokens_cache_write_5m'],
  write1h: ['usage_input_tokens_cache_write_1h'],
  read: ['usage_input_tokens_cache_read', 'cache_read_input_tokens'],
  output: ['usage_output_tokens', 'output_tokens'],
  searches: ['web_search_count'],
  geo: ['inference_geo'],
  speed: ['speed'],
} as const satisfies Columns<string>;

type Column = keyof typeof COLUMNS;

export const anthropicConsole: CsvFormat = {
  id: 'anthropic-console',
  name: "the Anthropic Console's usage",
  known: namesOf(COLUMNS),
  recognises: (names) => hasAll<Column>(COLUMNS, ['date', 'model', 'input', 'output'], names),
  reader: (header, hints) => {
    const cells = new Cells<Column>(placesOf(COLUMNS, header.titles), header);
    return (row) => read(cells.at(row), hints);
  },
};

const NONE = /^(?:not_available|n\/a|none|-)$/i;

function read(cells: Cells<Column>, { nowMs, actorOfKey }: ImportHints): ReadUsage {
  const day = utcDay(cells.time('date', nowMs).atMs);
  const named = (column: Column): string | null => {
    const text = cells.text(column);
    return text === null || NONE.test(text) ? null : text;
  };
  const [model, key, workspace] = [cells.required('model'), cells.text('key'), cells.text('workspace')];
  const [usage, window, geo, speed] = [named('usage'), named('window'), named('geo'), named('speed')];
  const whole = cells.count('write');
  const divided = !cells.has('write');
  return {
    usages: [
      {
        kind: 'observed',
        input: {
          id: eventId(['anthropic-csv', dateOf(day), model, key, workspace, usage, window, geo, speed]),
          assistant: 'claude-code',
          granularity: 'day',
          reporter: 'anthropic-csv',
          atMs: day * DAY_MS + DAY_MS / 2,
          actor: key && actorOfKey(key),
          model,
          inputTokens: cells.count('input'),
          outputTokens: cells.count('output'),
          cacheReadTokens: cells.count('read'),
          cacheWrite5mTokens: whole + cells.count('write5m'),
          cacheWrite1hTokens: cells.count('write1h'),
          splitKnown: divided,
          requests: 0,
          webSearches: cells.has('searches') ? cells.count('searches') : null,
          tier: 'api',
          billing: 'metered',
          serviceTier: usage?.toLowerCase() ?? null,
          inferenceGeo: geo?.toLowerCase() ?? null,
          speed: speed?.toLowerCase() ?? null,
        },
      },
    ],
  };
}
