import { sendBatches } from '../../../delivery/send-batches.ts';
import { sendLogs } from '../../../otlp/client.ts';
import { encodeLogs } from '../../../otlp/encode-request.ts';
import type { Context } from '../../context.ts';
import { notice, print, printJson } from '../../output.ts';
import type { ConnectionOptions } from './connection.ts';
import { connect } from './connection.ts';
import { DEMO_PEOPLE } from './demo/company.ts';
import { enterRoster } from './demo/roster.ts';
import { demoShipments } from './demo/shipments.ts';
import { DEMO_DAYS } from './demo/workday.ts';

/** Where the made-up company lives, so that it can never be mistaken for, or mixed with, a real one. */
export const DEMO_ORGANIZATION = 'demo';

const BATCH = 1000;
const IN_FLIGHT = 3;
const base = `/api/v1/${DEMO_ORGANIZATION}`;

/** Fills the organisation `demo` with four months of a company that does not exist. */
export async function run(options: ConnectionOptions, context: Context): Promise<void> {
  const { url, call } = await connect(options, context);
  // Handed out for this run only: nothing else is ever to write into this organisation.
  const made = (await call('POST', `${base}/keys`, { scope: 'ingest' })) as { id: string; key: string };
  let records = 0;
  try {
    await enterRoster(call, base, context.now());
    for (const shipment of demoShipments(context.now())) {
      const { delivered, error } = await sendBatches([shipment.records], {
        batchSize: BATCH,
        inFlight: IN_FLIGHT,
        send: (batch) => sendLogs(encodeLogs(batch, shipment.resource), sender(url, made.key, options, context)),
        onDelivered: () => undefined,
      });
      if (error) throw error;
      records += delivered;
      notice(context, `${records.toLocaleString('en')} records`);
    }
  } finally {
    await call('DELETE', `${base}/keys/${made.id}`);
  }
  const page = `${url}/overview?org=${DEMO_ORGANIZATION}`;
  if (options.json)
    printJson(context, { org: DEMO_ORGANIZATION, people: DEMO_PEOPLE.length, days: DEMO_DAYS, records, url: page });
  else print(context, `${DEMO_PEOPLE.length} people and ${DEMO_DAYS} days of a company that does not exist: ${page}`);
}

const sender = (endpoint: string, apiKey: string, { insecure = false }: ConnectionOptions, context: Context) => ({
  endpoint,
  apiKey,
  insecure,
  gzip: true,
  fetch: context.fetch,
  sleep: context.sleep,
  now: context.now,
  random: Math.random,
  signal: context.signal,
});
