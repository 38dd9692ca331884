import { describe, expect, it } from 'vitest';
import { runBinary } from '../../../src/cli/run.ts';
import { testContext } from '../../support/context.ts';

async function run(args: string[], env: Record<string, string> = {}) {
  const context = testContext({ env });
  const code = await runBinary('revenium-metering', ['managed-settings', ...args], context);
  return { code, out: context.io.stdout.text, err: context.io.stderr.text };
}

const KEY = 'hak_acme_0123456789abcdef';

describe('managed-settings', () => {
  it('is what the vendor documents, with a name with a space percent-encoded', async () => {
    const { code, out, err } = await run(['--api-key', KEY, '--organization', 'Acme Corp', '--json']);
    expect([code, err]).toEqual([0, '']);
    const { managedSettings, cowork, requires } = JSON.parse(out) as Record<string, unknown>;
    expect(managedSettings).toEqual({
      env: {
        CLAUDE_CODE_ENABLE_TELEMETRY: '1',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://api.revenium.ai/meter/v2/otlp',
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${KEY}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_LOGS_EXPORTER: 'otlp',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORT_INTERVAL: '60000',
        OTEL_RESOURCE_ATTRIBUTES: 'organization.name=Acme%20Corp',
      },
    });
    expect(cowork).toEqual({
      otlpEndpoint: 'https://api.revenium.ai/meter/v2/otlp',
      otlpProtocol: 'http/json',
      otlpHeaders: `x-api-key=${KEY}`,
      otlpResourceAttributes: 'organization.name=Acme%20Corp',
      otlpContentCapture: [],
    });
    expect(requires).toMatchObject({ claudeCode: '2.1.101' });
  });

  it('holds JSON to paste, the Cowork fields, and the versions that they need', async () => {
    const { out } = await run(['--endpoint', 'http://localhost:4318'], { REVENIUM_API_KEY: KEY });
    const json = out.slice(out.indexOf('{'), out.indexOf('\n}\n') + 2);
    expect(JSON.parse(json)).toMatchObject({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318/meter/v2/otlp' },
    });
    expect(json).not.toContain('OTEL_RESOURCE_ATTRIBUTES');
    for (const part of ['Cowork', 'Content capture', '2.1.101 or newer', '2.1.40 to 2.1.81 send nothing', '1.1.4173'])
      expect(out).toContain(part);
  });

  it('says where the key belongs when none is given, and passes the same checks', async () => {
    const { out, err } = await run([]);
    expect([out.includes('x-api-key=PUT_AN_INGEST_KEY_HERE'), err.includes('No key was given')]).toEqual([true, true]);
    expect((await run(['--endpoint', 'http://usage.acme.com'])).code).toBe(2);
    expect((await run(['-k', 'sk-ant-api03-abcdefgh'])).code).toBe(2);
    expect((await run(['-o', 'a\nb'])).code).toBe(2);
  });
});
