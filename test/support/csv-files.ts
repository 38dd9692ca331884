import type { ImportHints } from '../../src/vendors/csv/format.ts';
import type { CsvBatch, CsvFile } from '../../src/vendors/csv/read-csv.ts';
import { openCsv } from '../../src/vendors/csv/read-csv.ts';

/** Headers as vendors have written them, over the years. */
export const CURSOR_HEADERS = {
  team: 'Date,User,Cloud Agent ID,Automation ID,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost',
  olderTeam:
    'Date,User,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost',
  personal:
    'Date,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost',
  requests:
    'Date,Cloud Agent ID,Automation ID,Kind,Model,Max Mode,"Input (w/ Cache Write)","Input (w/o Cache Write)",Cache Read,Output Tokens,Total Tokens,Requests',
  dollars:
    'Date,User,Kind,Max Mode,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output,Total Tokens,Cost ($)',
} as const;

export const CONSOLE_HEADER =
  'usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed';
export const OLD_CONSOLE_HEADER =
  'usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write,usage_input_tokens_cache_read,usage_output_tokens,web_search_count';
export const SPEND_HEADER =
  'user_email,account_uuid,product,model,total_requests,total_prompt_tokens,total_completion_tokens,total_net_spend_usd,total_gross_spend_usd';

/** A team's row, every cell quoted as Cursor does. */
export const cursorLine = (cells: {
  date?: string;
  user?: string;
  kind?: string;
  model?: string;
  write?: number;
  input?: number;
  read?: number;
  output?: number;
  cost?: string;
}): string => {
  const { date = '2026-11-19T13:43:32.345Z', user = 'ada@acme.com', kind = 'Included', model = 'auto' } = cells;
  const { write = 0, input = 100, read = 0, output = 10, cost = 'Included' } = cells;
  const all = [date, user, '', '', kind, model, 'No', write, input, read, output, write + input + read + output, cost];
  return all.map((cell) => `"${cell}"`).join(',');
};

export const teamFile = (...lines: string[]): string => [CURSOR_HEADERS.team, ...lines, ''].join('\n');

export const NOW = Date.UTC(2026, 10, 21, 12);

export const hints = (more: Partial<ImportHints> = {}): ImportHints => ({
  user: null,
  period: null,
  nowMs: NOW,
  actorOfKey: (name) => `anthropic-key-name:${name}`,
  ...more,
});

export async function* inPieces(content: string | Uint8Array, size = 1 << 16): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** All that a file holds, and what was wrong with it. */
export async function readAll(
  content: string | Uint8Array,
  more: Partial<ImportHints> = {},
  size?: number,
): Promise<CsvBatch & { file: CsvFile }> {
  const file = await openCsv(inPieces(content, size), hints(more));
  const all: CsvBatch = { usages: [], rows: 0, duplicates: 0, problems: [], remarks: {} };
  for await (const batch of file.batches()) {
    all.usages.push(...batch.usages);
    all.rows += batch.rows;
    all.duplicates += batch.duplicates;
    all.problems.push(...batch.problems);
    for (const [remark, count] of Object.entries(batch.remarks) as [keyof CsvBatch['remarks'], number][])
      all.remarks[remark] = (all.remarks[remark] ?? 0) + count;
  }
  return { ...all, file };
}
