import { cursorModel } from '../../usage/identity.ts';
import type { UsageRow } from '../cursor/usage-row.ts';
import { Cells } from './cells.ts';
import { RowProblem } from './csv-error.ts';
import type { Columns, CsvFormat, ImportHints, ReadUsage } from './format.ts';
import { hasAll, namesOf, placesOf } from './format.ts';

/**
 * Cursor's usage export (dashboard, Usage, Export CSV), one row an event. Team files have a user, newer ones a cloud
 * agent and an automation too; a personal one names nobody. What a row cost stands under `Cost`, once `Cost ($)` or
 * `Cost to you`; files of plans that count requests have `Requests` in its place.
 */
const COLUMNS = {
  date: ['date', 'timestamp'],
  user: ['user', 'user_email', 'email'],
  agent: ['cloud_agent_id'],
  kind: ['kind', 'usage_type'],
  model: ['model'],
  write: ['input_w_cache_write', 'cache_write'],
  input: ['input_w_o_cache_write', 'input', 'input_tokens'],
  read: ['cache_read', 'cache_read_tokens'],
  output: ['output_tokens', 'output'],
  total: ['total_tokens', 'tokens'],
  cost: ['cost', 'cost_to_you', 'cost_usd'],
} as const satisfies Columns<string>;

type Column = keyof typeof COLUMNS;

export const cursorUsage: CsvFormat = {
  id: 'cursor-usage',
  name: "Cursor's usage events",
  known: [...namesOf(COLUMNS), 'max_mode', 'automation_id', 'requests'],
  recognises: (names) =>
    hasAll<Column>(COLUMNS, ['date', 'kind', 'model', 'input', 'read', 'output'], names) && names.has('max_mode'),
  anonymous: (names) => !hasAll<Column>(COLUMNS, ['user'], names),
  reader: (header, hints) => {
    const cells = new Cells<Column>(placesOf(COLUMNS, header.titles), header);
    return (row) => read(cells.at(row), hints);
  },
};

function read(cells: Cells<Column>, { user, nowMs }: ImportHints): ReadUsage {
  const time = cells.time('date', nowMs);
  if (time.to === 'day')
    throw new RowProblem('Date has no time of day, so that the row cannot be told from others of its day');
  const { tokens, certain } = tokensOf(cells);
  const kind = cells.text('kind');
  const cost = cells.dollars('cost');
  const who = cells.has('user') ? cells.text('user') : user;
  const row: UsageRow = {
    atMs: time.atMs,
    who: who?.includes('@') ? who.toLowerCase() : who,
    model: cursorModel(cells.text('model')),
    kind,
    conversationId: null,
    cloudAgentId: cells.text('agent'),
    ...tokens,
    reportedMicros: cost,
    chargedMicros: cost,
    feeMicros: null,
    billedMicros: /usage[-_ ]based|on[-_ ]demand/i.test(kind ?? '') ? cost : null,
  };
  const exact = time.to === 'millisecond';
  return {
    usages: [{ kind: 'cursor', row, exact }],
    ...(exact ? (certain ? {} : { remark: 'totals-differ' }) : { remark: 'no-milliseconds' }),
  };
}

type Tokens = Pick<UsageRow, 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens'>;

/**
 * "Input (w/ Cache Write)" has meant what was written to the cache, and all input with it: which of the two, the
 * row's total tells.
 */
function tokensOf(cells: Cells<Column>): { tokens: Tokens; certain: boolean } {
  const [write, input, read, output] = [
    cells.count('write'),
    cells.count('input'),
    cells.count('read'),
    cells.count('output'),
  ];
  const tokens = (cacheWriteTokens: number): Tokens => ({
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: read,
    cacheWriteTokens,
  });
  const total = cells.count('total');
  if (!cells.has('total') || total === write + input + read + output) return { tokens: tokens(write), certain: true };
  if (write >= input && total === write + read + output) return { tokens: tokens(write - input), certain: true };
  return { tokens: tokens(write), certain: false };
}
