import { stat } from 'node:fs/promises';
import { cursorSetup } from '../../../assistants/cursor/setup.ts';
import type { Inspected } from '../../../assistants/cursor/sync/state-file.ts';
import { Failure } from '../../../errors.ts';
import type { AssistantSetup } from '../../../setup/assistant-setup.ts';
import { realDisk } from '../../../setup/disk.ts';
import { probe } from '../../../setup/probe.ts';
import { outputOf, readAncestry, shellsInUse } from '../../../setup/shell-detection.ts';
import type { Context } from '../../context.ts';
import { checkKey, lookUpRecords } from '../../endpoint-client.ts';
import { print, printJson } from '../../output.ts';
import { styleOf } from '../../style.ts';
import type { CommandModule, CommonOptions } from '../../table.ts';
import { askCursor } from '../vendor-key.ts';
import type { Check } from './check.ts';
import { copyChecks, envFileCheck, profileChecks } from './file-checks.ts';
import { lastEventCheck, newestCalls } from './last-event.ts';
import { effective } from './layers.ts';
import { serverChecks, vendorChecks } from './server-checks.ts';
import { stateProblem, syncChecks, syncReport } from './sync-checks.ts';
import type { Situation, Target } from './situation.ts';
import { readSituation, targetOf } from './situation.ts';
import { geminiProtocolChecks, metricsExporterChecks, troubleChecks } from './trouble-checks.ts';
import { valueChecks } from './value-checks.ts';

export const statusCommand = (assistant: AssistantSetup): CommandModule<CommonOptions> => ({
  run: (options, context) => status(assistant, options, context),
});

async function status(assistant: AssistantSetup, options: CommonOptions, context: Context): Promise<void> {
  const situation = await readSituation(assistant, context, realDisk, {
    probed: await probe(context),
    shells: assistant.profileTag ? shellsInUse(await readAncestry(context), context) : [],
  });
  const target = targetOf(situation);
  const local = localChecks(situation, await versionOf(situation, context));
  const checks = target ? [...local, ...(await remoteChecks(situation, target, context))] : local;
  const sync = assistant.id === 'cursor' && target ? await readSync(context) : null;
  if (sync) checks.push(...(stateProblem(sync) ?? syncChecks(sync.state, context.now())));
  const failed = checks.filter(({ state }) => state === 'fail').length;
  const report = sync?.state ? { sync: syncReport(sync.state, context.now()) } : {};
  if (options.json) printJson(context, { assistant: assistant.id, ok: failed === 0, checks, ...report });
  else for (const line of linesOf(checks, context)) print(context, line);
  if (failed > 0)
    throw new Failure(`${failed} of ${checks.length} checks failed`, { hint: 'What mends each stands beside it.' });
}

/** What our own sync remembers. */
async function readSync(context: Context): Promise<Inspected> {
  const { StateFile } = await import('../../../assistants/cursor/sync/state-file.ts');
  return await new StateFile(cursorSetup.folder(context)).inspect();
}

/** The client's own version, asked for only where something depends on it. */
async function versionOf({ layers }: Situation, context: Context): Promise<string | null> {
  if (effective(layers, 'OTEL_METRICS_EXPORTER')?.value !== 'none') return null;
  return /\d+\.\d+\.\d+/.exec((await outputOf('claude', ['--version'], context)) ?? '')?.[0] ?? null;
}

/** What can be told without asking the server. */
export function localChecks(situation: Situation, version: string | null): Check[] {
  const target = targetOf(situation);
  return [
    envFileCheck(situation),
    ...(target?.by ? [] : profileChecks(situation)),
    ...(target ? copyChecks(situation) : []),
    ...(target && !target.by ? valueChecks(situation) : []),
    ...(target ? troubleChecks(situation) : []),
    ...metricsExporterChecks(situation, version),
    ...geminiProtocolChecks(situation),
  ];
}

async function remoteChecks(
  { assistant, env, machine }: Situation,
  target: Target,
  context: Context,
): Promise<Check[]> {
  const { endpoint, cursorApiKey } = target;
  const key = await checkKey(target, context);
  const checks = serverChecks(endpoint, key, assistant.binary, machine.platform);
  // The sync reads Cursor's address from the file too.
  const asSync = { ...context, env: { ...env.values, ...context.env } };
  if (cursorApiKey !== null) checks.push(...vendorChecks(await askCursor(cursorApiKey, asSync), assistant.binary));
  if (assistant.id !== 'claude-code' || key.state !== 'accepted') return checks;
  const calls = await newestCalls(context);
  const ids = calls.map(({ id }) => id);
  const found = ids.length === 0 ? [] : await lookUpRecords(ids, target, context);
  const setUpMs = target.by ? null : (await stat(env.path)).mtimeMs;
  return [...checks, lastEventCheck(calls, found, context.now(), setUpMs, assistant.binary)];
}

const MARKS = { ok: '✓', warn: '!', fail: '✗', info: '·' } as const;

function linesOf(checks: readonly Check[], context: Context): string[] {
  const style = styleOf(context);
  const paint = { ok: style.green, warn: style.yellow, fail: style.red, info: style.dim };
  return checks.flatMap(({ state, says, means, remedy }) => [
    `${paint[state](MARKS[state])} ${says}`,
    ...(means === undefined ? [] : [`  ${means}`]),
    ...(remedy === undefined ? [] : [`  ${style.bold('→')} ${remedy}`]),
  ]);
}
