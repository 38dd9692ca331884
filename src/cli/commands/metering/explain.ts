import { SKIP_REASONS } from '../../../assistants/claude-code/history/answer-line.ts';
import type { Explained, Explanation } from '../../../assistants/claude-code/history/explain.ts';
import { explain } from '../../../assistants/claude-code/history/explain.ts';
import { relatedIds } from '../../../assistants/claude-code/history/find-call.ts';
import { Failure } from '../../../errors.ts';
import { shortPath } from '../../../setup/machine.ts';
import type { Context } from '../../context.ts';
import { print, printJson } from '../../output.ts';
import { pairs } from '../../style.ts';
import type { CommonOptions } from '../../table.ts';
import { Progress, formatBytes, formatCount } from '../backfill/progress.ts';
import { importFolder } from '../backfill/run.ts';
import { claudeHistory, readHistory } from './history-source.ts';

export interface ExplainOptions extends CommonOptions {
  id: string;
}

/** Which lines of which files made a record, and why. */
export async function run({ id, json }: ExplainOptions, context: Context): Promise<void> {
  const progress = new Progress(context);
  const onProgress = (bytes: number): void => progress.show(() => `${formatBytes(bytes)} read`);
  const folder = importFolder(claudeHistory, context);
  const history = await readHistory(null, folder, onProgress, context).finally(() => progress.end());
  const found = await explain(id, relatedIds(history.calls, id), history.sessionFiles);
  if (json) printJson(context, documentOf(id, found));
  else report(found, context);
  if (found.records.length === 0 && found.passedOver.length === 0)
    throw new Failure(`no session file mentions ${id}`, {
      hint: 'Session files are deleted after 30 days, unless cleanupPeriodDays in the settings of Claude Code says otherwise.',
    });
}

const documentOf = (id: string, { records, passedOver }: Explained) => ({
  id,
  records: records.map(({ id: transactionId, record, lines }) => ({
    transactionId,
    ...{ ...record, uuid: undefined, atMs: undefined, at: new Date(record.atMs).toISOString() },
    lines: lines.map(({ file, line, said, why }) => ({
      file,
      line,
      at: new Date(said.atMs).toISOString(),
      requestId: said.requestId,
      messageId: said.messageId,
      sessionId: said.sessionId,
      outputTokens: said.outputTokens,
      complete: said.complete,
      why,
    })),
  })),
  passedOver,
});

function report({ records, passedOver }: Explained, context: Context): void {
  for (const record of records) printRecord(record, context);
  if (passedOver.length > 0) print(context, 'Mentioned, but no record:');
  for (const { file, line, reason } of passedOver)
    print(context, `  ${shortPath(context, file)}:${line}  ${SKIP_REASONS[reason]}`);
}

function printRecord({ id, record, lines }: Explanation, context: Context): void {
  const written = `${formatCount(record.cacheWrite5mTokens)} + ${formatCount(record.cacheWrite1hTokens)} written (5 min + 1 h)`;
  const tokens = [
    `${formatCount(record.inputTokens)} in`,
    `${formatCount(record.outputTokens)} out${record.partial ? ', perhaps more' : ''}`,
    `${formatCount(record.cacheReadTokens)} read from cache`,
    written,
  ];
  print(context, `Record ${id}`);
  for (const line of pairs([
    ['request', record.requestId],
    ['message', record.messageId],
    ['session', record.sessionId],
    ['who', `${record.agent}, ${record.model ?? 'no model'}, version ${record.version ?? '–'}`],
    ['when', new Date(record.atMs).toISOString()],
    ['tokens', tokens.join(', ')],
  ]))
    print(context, line);
  print(context, lines.length === 1 ? 'made of one line:' : `made of ${lines.length} lines:`);
  for (const { file, line, said, why } of lines) {
    print(context, `  ${shortPath(context, file)}:${line}`);
    const end = said.complete ? 'knows the end' : 'before the end';
    print(
      context,
      `    ${[new Date(said.atMs).toISOString(), `${formatCount(said.outputTokens)} out`, end, ...why].join('; ')}`,
    );
  }
  print(context);
}
