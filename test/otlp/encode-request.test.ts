import { expect, test } from 'vitest';
import { encodeLogs } from '../../src/otlp/encode-request.ts';

test('a request is laid out as the protocol and the real client have it', () => {
  const atMs = Date.UTC(2026, 10, 20, 21, 32, 54, 198);
  const attributes = {
    model: 'x',
    input_tokens: 5,
    cost_usd: 0.25,
    'revenium.partial': true,
    speed: null,
    ttft_ms: undefined,
  };
  expect(
    JSON.parse(
      encodeLogs([{ eventName: 'claude_code.api_request', atMs, attributes }], {
        'service.name': 'claude-code',
        project: null,
      }),
    ),
  ).toEqual({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'claude-code' } }] },
        scopeLogs: [
          {
            scope: { name: '@revenium/cli' },
            logRecords: [
              {
                timeUnixNano: '1795210374198000000',
                observedTimeUnixNano: '1795210374198000000',
                body: { stringValue: 'claude_code.api_request' },
                attributes: [
                  { key: 'event.name', value: { stringValue: 'api_request' } },
                  { key: 'event.timestamp', value: { stringValue: '2026-11-20T21:32:54.198Z' } },
                  { key: 'model', value: { stringValue: 'x' } },
                  { key: 'input_tokens', value: { intValue: '5' } },
                  { key: 'cost_usd', value: { doubleValue: 0.25 } },
                  { key: 'revenium.partial', value: { boolValue: true } },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
});
