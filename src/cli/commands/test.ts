import { randomUUID } from 'node:crypto';
import { testRecord } from '../../assistants/test-record.ts';
import { Failure } from '../../errors.ts';
import { sendLogs } from '../../otlp/client.ts';
import type { Outgoing } from '../../otlp/encode-request.ts';
import { encodeLogs } from '../../otlp/encode-request.ts';
import type { AssistantSetup } from '../../setup/assistant-setup.ts';
import { testRecordId } from '../../usage/identity.ts';
import type { Context } from '../context.ts';
import type { Access } from '../endpoint-client.ts';
import { lookUpRecords } from '../endpoint-client.ts';
import { print, printJson } from '../output.ts';
import type { CommandModule, CommonOptions } from '../table.ts';
import type { Configuration } from './configuration.ts';
import { readConfiguration } from './configuration.ts';
import { checkVendorKey } from './vendor-key.ts';

/** How long a record that was taken may need until it can be read: nothing here, a moment on a cluster. */
const READ_BACK_WAITS_MS = [0, 200, 500, 1000, 2000];

export const testCommand = (assistant: AssistantSetup): CommandModule<CommonOptions> => ({
  run: (options, context) => sendTest(assistant, options, context),
});

/** true: found again; null: the endpoint offers no look-up. */
async function readBack(id: string, access: Access, context: Context): Promise<boolean | null> {
  for (const wait of READ_BACK_WAITS_MS) {
    if (wait > 0) await context.sleep(wait);
    const found = await lookUpRecords([id], access, context);
    if (found === null) return null;
    if (found.length > 0) return true;
  }
  return false;
}

/** The resource as the assistant itself would describe it. */
const resourceOf = ({ id }: AssistantSetup, { answers }: Configuration): Outgoing => ({
  'service.name': id,
  'user.email': answers.email,
  'organization.name': answers.organization,
  'product.name': answers.product,
});

async function sendTest(assistant: AssistantSetup, options: CommonOptions, context: Context): Promise<void> {
  const configuration = await readConfiguration(assistant, context);
  const { endpoint, apiKey } = configuration.answers;
  // The sync reads Cursor's address from the file too.
  const asSync = { ...context, env: { ...configuration.values, ...context.env } };
  const vendor = await checkVendorKey(assistant, configuration.answers, asSync);
  const transactionId = randomUUID();
  const batch = encodeLogs([testRecord(transactionId, context.now())], resourceOf(assistant, configuration));
  const { fetch, sleep, now, signal } = context;
  const insecure = endpoint.startsWith('http:');
  const started = now();
  const delivered = await sendLogs(batch, {
    ...{ endpoint, apiKey, insecure, fetch, sleep, now, signal, random: Math.random },
    attempts: 2,
    timeoutMs: 10_000,
  });
  if (delivered.rejected.count > 0)
    throw new Failure(`${endpoint} took the request but not the record: ${delivered.rejected.message}`);
  const id = testRecordId(transactionId);
  const found = await readBack(id, { endpoint, apiKey }, context);
  const tookMs = now() - started;
  if (found === false)
    throw new Failure(`${endpoint} took the test record, but does not find it again`, {
      hint: 'The server says 200 and loses data: look at its log.',
    });
  if (options.json) {
    const { processedEvents } = delivered;
    printJson(context, {
      endpoint,
      transactionId,
      id,
      sent: true,
      processedEvents,
      readBack: found,
      tookMs,
      ...vendor?.json,
    });
    return;
  }
  print(context, `A test record went to ${endpoint} and ${found ? 'was read back' : 'was taken'} (${tookMs} ms).`);
  if (found === null) print(context, 'This endpoint offers no look-up, so that it could not be read back.');
  if (vendor) print(context, vendor.text);
}
