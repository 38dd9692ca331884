import type { Context } from '../../../context.ts';

/** What a service manager is told: how to start the sync. No key is in it; the sync reads those from its own file. */
export interface ServicePlan {
  /** The node that runs now. */
  node: string;
  script: string;
  arguments: readonly string[];
  /** Where output goes that no manager keeps. */
  logFile: string;
}

export const SERVICE_TITLE = 'Revenium: sync of Cursor usage';

export interface ServiceOptions {
  insecure?: boolean;
}

export const planService = ({ insecure }: ServiceOptions, context: Context, logFile: string): ServicePlan => ({
  node: context.program.node,
  script: context.program.script,
  arguments: ['sync', '--watch', ...(insecure ? ['--insecure'] : [])],
  logFile,
});
