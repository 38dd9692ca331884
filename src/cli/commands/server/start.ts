import { pino } from 'pino';
import { serve } from '../../../server/serve.ts';
import { VERSION } from '../../../version.ts';
import { UsageError } from '../../../errors.ts';
import { maskUrl } from '../../../secrets.ts';
import type { Context } from '../../context.ts';
import { notice, print } from '../../output.ts';
import type { CommonOptions } from '../../table.ts';
import { dataDirectory } from './data.ts';
import { frontOptions } from './front.ts';
import { signInSettings } from './sign-in-settings.ts';

export interface StartOptions extends CommonOptions {
  host: string;
  port: number;
  data?: string;
  database?: string;
  memory?: string;
  retention?: number;
  tlsCert?: string;
  tlsKey?: string;
  trustProxy?: string;
  publicUrl?: string;
  rateLimit: number;
  insecure: boolean;
}

/** Runs until the process is asked to stop. */
export async function run(options: StartOptions, context: Context): Promise<void> {
  const { host, port, json, verbose } = options;
  const logger = pino({ level: verbose ? 'info' : 'warn' }, context.io.stderr);
  const directory = dataDirectory(options, context);
  const { REVENIUM_DATABASE_URL: fromEnvironment = '' } = context.env;
  const databaseUrl = options.database ?? (fromEnvironment === '' ? null : fromEnvironment);
  if (databaseUrl !== null && (options.retention !== undefined || options.memory !== undefined))
    throw new UsageError('--retention and --memory are for the embedded database', {
      hint: "Leave them out: a ClickHouse's memory and retention are set on the ClickHouse.",
    });
  const front = await frontOptions(options);
  const server = await serve({
    host,
    port,
    dataDirectory: directory,
    databaseUrl,
    ...(options.memory !== undefined && { memory: options.memory }),
    ...(options.retention !== undefined && { retentionDays: options.retention }),
    logger,
    now: context.now,
    version: VERSION,
    pid: context.pid,
    front,
    signIn: signInSettings(options, context),
    vendors: { env: context.env, fetch: context.fetch },
  });
  const { url, org, adminKey } = server;
  if (json) print(context, JSON.stringify({ url, org, ...(adminKey === null ? {} : { adminKey }) }));
  else greet(context, { url, org, adminKey, directory, databaseUrl, named: options.data !== undefined });
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve();
    else context.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  notice(context, 'stopping: finishing what is in flight');
  await server.close();
}

function greet(
  context: Context,
  started: {
    url: string;
    org: string;
    adminKey: string | null;
    directory: string;
    databaseUrl: string | null;
    named: boolean;
  },
): void {
  const { url, org, adminKey, directory, databaseUrl, named } = started;
  print(context, `Revenium server at ${url}`);
  if (databaseUrl !== null) print(context, `  database      ${maskUrl(databaseUrl)}`);
  print(context, `  data          ${directory}`);
  print(context, `  organisation  ${org}`);
  if (adminKey !== null) {
    print(context, `  admin key     ${adminKey}`);
    print(context, '                shown this once: keep it in a safe place');
  }
  print(context);
  print(context, 'Next: a key for developers’ machines, and setup on one of them');
  print(context, `  revenium-server keys create --scope ingest${named ? ` --data ${directory}` : ''}`);
  print(context, `  revenium-metering setup --endpoint ${url}`);
}
