import type { Context } from '../../../context.ts';
import { launchd } from './launchd.ts';
import type { ServicePlan } from './service-plan.ts';
import { systemd } from './systemd.ts';
import { taskScheduler } from './task-scheduler.ts';

/** A program and its arguments. */
export type ProgramCall = readonly [program: string, ...words: string[]];

/** What differs between the service managers; all of it is data. */
export interface ServiceManager {
  name: string;
  /** The file by which it knows the service. */
  path: (context: Context) => string;
  logFile: (context: Context) => string;
  content: (plan: ServicePlan) => Buffer;
  /** Succeeds where the manager can be used. */
  ready: ProgramCall;
  unavailable: string;
  /** May fail: what an earlier installation needs to make room. */
  before?: (context: Context) => ProgramCall[];
  install: (context: Context) => ProgramCall[];
  /** How long to wait, ms, before each further try of an `install` call that fails; none where it fails for good. */
  waitsMs?: readonly number[];
  /** For a person: ends the service until it is installed again, or the next login. */
  stop: (context: Context) => ProgramCall;
  /** May fail: it may not be running. */
  uninstall: (context: Context) => ProgramCall[];
  /** May fail; run when the file is gone. */
  afterUninstall?: (context: Context) => ProgramCall[];
  /** Succeeds while the service is there to run. */
  isActive: (context: Context) => ProgramCall;
  hints: readonly string[];
}

export function managerOf({ platform }: Pick<Context, 'platform'>): ServiceManager {
  if (platform === 'darwin') return launchd;
  return platform === 'win32' ? taskScheduler : systemd;
}
