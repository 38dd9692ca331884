import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { get, storedId } from '../support/calls.ts';
import { outage } from '../support/flaky-store.ts';
import { listen } from '../support/wire.ts';

type Exporter = typeof JsonExporter | typeof ProtobufExporter;
type Options = NonNullable<ConstructorParameters<Exporter>[0]>;

// The enumeration's own values; its module is a dependency of the exporters only.
const compression = (name: 'none' | 'gzip'): Options => ({ compression: name as NonNullable<Options['compression']> });

const CALLS = 40;

/** A client of the real SDK that reports model calls as Claude Code does. */
function client(exporter: InstanceType<Exporter>): { emit: () => void; flush: () => Promise<void> } {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'claude-code', 'user.email': 'ada@acme.com' }),
    processors: [new BatchLogRecordProcessor({ exporter, maxExportBatchSize: 7 })],
  });
  const logger = provider.getLogger('com.anthropic.claude_code.events', '2.1.329');
  const emit = (): void => {
    for (let n = 0; n < CALLS; n++)
      logger.emit({
        timestamp: Date.UTC(2026, 10, 20, 12, 0, n),
        body: 'claude_code.api_request',
        attributes: {
          'event.name': 'api_request',
          'session.id': `s${n % 4}`,
          model: 'claude-opus-5-5',
          input_tokens: 1000 + n,
          output_tokens: 10,
          cost_usd: 0.0125,
          duration_ms: 200.5,
          request_id: `req_${n}`,
          // What no dialect of ours has, and content that must not matter.
          nested: { list: [1, 'two', null, { three: 3 }], bytes: new Uint8Array([1, 2, 3]) },
        },
      });
  };
  return { emit, flush: () => provider.forceFlush() };
}

async function expectAllOnce(server: TestApp): Promise<void> {
  const { body } = await get(server, '/acme/sessions/analytics/summary?from=2026-11-20&to=2026-11-21');
  expect(body).toMatchObject({
    totalRequests: CALLS,
    totalSessions: 4,
    uniqueUsers: 1,
    inputTokens: CALLS * 1000 + (CALLS * (CALLS - 1)) / 2,
    outputTokens: CALLS * 10,
  });
  const [first] = await server.store.find('acme', [storedId(0)]);
  expect(first).toMatchObject({ atMs: Date.UTC(2026, 10, 20, 12), reportedMicros: 12_500, durationMs: 201 });
}

describe.each([
  ['JSON', JsonExporter, 'none'],
  ['JSON, gzipped', JsonExporter, 'gzip'],
  ['protobuf', ProtobufExporter, 'none'],
  ['protobuf, gzipped', ProtobufExporter, 'gzip'],
] as const)('the real exporter of %s', (_, Exporter, encoding) => {
  it('delivers, and what it sends twice counts once', async () => {
    const server = await testApp();
    const { url } = await listen(server);
    const options = { url: `${url}/meter/v2/otlp/v1/logs`, headers: { 'x-api-key': await server.key('ingest') } };
    for (let time = 0; time < 2; time++) {
      const { emit, flush } = client(new Exporter({ ...options, ...compression(encoding) }));
      emit();
      await flush();
    }
    await expectAllOnce(server);
  });

  it('is told to come again while storage fails, and does', async () => {
    const storage = outage();
    const server = await testApp({ wrap: storage.wrap });
    const answers: number[] = [];
    server.app.addHook('onResponse', async (request, reply) => {
      if (request.url === '/v1/logs') answers.push(reply.statusCode);
    });
    const { url } = await listen(server);
    const headers = { authorization: `Bearer ${await server.key('ingest')}` };
    const { emit, flush } = client(new Exporter({ url: `${url}/v1/logs`, headers, ...compression(encoding) }));
    storage.failures = 1;
    emit();
    await flush();
    expect(answers.filter((status) => status === 503)).toHaveLength(1);
    await expectAllOnce(server);
  });
});
