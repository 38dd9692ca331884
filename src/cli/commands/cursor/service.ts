import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { Failure, errorCode } from '../../../errors.ts';
import { diskFailure } from '../../../setup/disk.ts';
import { shortPath } from '../../../setup/machine.ts';
import type { Context } from '../../context.ts';
import { notice, print, printJson } from '../../output.ts';
import type { CommandModule, CommonOptions } from '../../table.ts';
import type { UninstallOptions } from '../uninstall.ts';
import { runProgram } from './service/run-program.ts';
import type { ProgramCall, ServiceManager } from './service/service-manager.ts';
import { managerOf } from './service/service-manager.ts';
import { planService } from './service/service-plan.ts';
import { readSettings } from './settings.ts';

export interface ServiceCommandOptions extends CommonOptions {
  insecure?: boolean;
}

/** Keeps `sync --watch` running, by the machine's own means. Again and again: the same as once. */
export async function install(options: ServiceCommandOptions, context: Context): Promise<void> {
  // A service has no shell's variables: everything must be in the file.
  await readSettings(options, { ...context, env: {} });
  const manager = managerOf(context);
  const ready = await runProgram(manager.ready, context);
  if (!ready.ok) throw new Failure(manager.unavailable, { hint: ready.said });
  const file = manager.path(context);
  const content = manager.content(planService(options, context, manager.logFile(context)));
  const before = await readOrNull(file);
  const changed = !before?.equals(content);
  if (changed) await write(file, content);
  for (const call of manager.before?.(context) ?? []) await runProgram(call, context);
  for (const call of manager.install(context)) await succeed(call, manager, context);
  if (options.json) printJson(context, { manager: manager.name, path: file, changed });
  else {
    print(context, `${changed ? 'Installed' : 'Already installed, and started again'}: ${shortPath(context, file)}`);
    for (const hint of manager.hints) notice(context, hint);
  }
  if (/[\\/]_npx[\\/]/.test(context.program.script))
    notice(
      context,
      'This runs from the cache of npx, which may be emptied: install the package (npm i -g @revenium/cli).',
    );
}

/** False where none is installed. */
async function removeService(manager: ServiceManager, file: string, context: Context): Promise<boolean> {
  if ((await readOrNull(file)) === null) return false;
  for (const call of manager.uninstall(context)) await runProgram(call, context);
  await rm(file, { force: true });
  for (const call of manager.afterUninstall?.(context) ?? []) await runProgram(call, context);
  return true;
}

/** With the assistant's own `uninstall`: a service without settings would be of no use. */
export async function uninstallWith(
  command: CommandModule<UninstallOptions>,
  options: UninstallOptions,
  context: Context,
): Promise<void> {
  const manager = managerOf(context);
  const file = manager.path(context);
  if (options.dryRun) {
    if ((await readOrNull(file)) !== null) notice(context, `The service would go: ${shortPath(context, file)}`);
  } else if (await removeService(manager, file, context))
    notice(context, `Removed the service: ${shortPath(context, file)}`);
  await command.run(options, context);
}

export async function uninstall(options: ServiceCommandOptions, context: Context): Promise<void> {
  const manager = managerOf(context);
  const file = manager.path(context);
  const was = await removeService(manager, file, context);
  if (options.json) printJson(context, { manager: manager.name, path: file, removed: was });
  else print(context, was ? `Removed: ${shortPath(context, file)}` : 'No service is installed: nothing to do.');
}

/** Exit 1 unless it is installed, as this version would, and there to run. */
export async function status(options: ServiceCommandOptions, context: Context): Promise<void> {
  const manager = managerOf(context);
  const file = manager.path(context);
  const content = await readOrNull(file);
  const installed = content !== null;
  const current = content?.equals(manager.content(planService(options, context, manager.logFile(context)))) ?? false;
  const active = installed && (await runProgram(manager.isActive(context), context)).ok;
  if (options.json) printJson(context, { manager: manager.name, path: file, installed, current, active });
  else
    for (const line of statusLines(manager, shortPath(context, file), { installed, current, active }))
      print(context, line);
  if (!installed || !active)
    throw new Failure(installed ? 'the service does not run' : 'no service is installed', {
      hint: 'revenium-cursor service install',
    });
}

function statusLines(
  { name }: ServiceManager,
  file: string,
  { installed, current, active }: Record<'installed' | 'current' | 'active', boolean>,
): string[] {
  if (!installed) return [`${name} has no service of ours (${file})`];
  return [
    `${name}: ${file}`,
    active ? 'running' : 'not running',
    ...(current
      ? []
      : ['written by another version, or for another node: "revenium-cursor service install" renews it']),
  ];
}

async function readOrNull(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw diskFailure(error, 'cannot read', file);
  }
}

async function write(file: string, content: Buffer): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFileAtomic(file, content, { mode: 0o644 });
  } catch (error) {
    throw diskFailure(error, 'cannot write', file);
  }
}

async function succeed(call: ProgramCall, { waitsMs = [] }: ServiceManager, context: Context): Promise<void> {
  let { ok, said } = await runProgram(call, context);
  for (const waitMs of waitsMs) {
    if (ok) break;
    await context.sleep(waitMs);
    ({ ok, said } = await runProgram(call, context));
  }
  if (!ok) throw new Failure(`"${call.join(' ')}" failed: ${said}`, { hint: 'The file stays; run this again.' });
}
