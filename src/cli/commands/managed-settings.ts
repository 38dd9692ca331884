import { UsageError } from '../../errors.ts';
import { checkApiKey, checkEndpoint, DEFAULT_ENDPOINT } from '../../setup/answers.ts';
import { otlpEndpoint, otlpHeaders } from '../../setup/otlp-variables.ts';
import { editAttributes } from '../../setup/resource-attributes.ts';
import type { Context } from '../context.ts';
import { notice, print, printJson } from '../output.ts';
import { pairs } from '../style.ts';
import type { CommonOptions } from '../table.ts';

export interface ManagedSettingsOptions extends CommonOptions {
  apiKey?: string;
  endpoint?: string;
  organization?: string;
  product?: string;
  insecure?: boolean;
}

const PLACEHOLDER = 'PUT_AN_INGEST_KEY_HERE';

/** Versions from which on the settings work; the last one measured, the others the vendor's. */
const REQUIRES = {
  claudeCode: '2.1.101',
  claudeCodeServerManagedTeam: '2.1.38',
  claudeCodeServerManagedEnterprise: '2.1.30',
  claudeDesktopForCowork: '1.1.4173',
} as const;

export async function run(options: ManagedSettingsOptions, context: Context): Promise<void> {
  const { env } = context;
  const given = options.apiKey ?? env.REVENIUM_API_KEY;
  const apiKey = given ? checkApiKey(given) : PLACEHOLDER;
  const endpoint = checkEndpoint(
    options.endpoint ?? env.REVENIUM_ENDPOINT ?? DEFAULT_ENDPOINT,
    options.insecure ?? false,
  );
  const organization = labelFrom(options.organization ?? env.REVENIUM_ORGANIZATION_NAME);
  const product = labelFrom(options.product ?? env.REVENIUM_PRODUCT_NAME);
  const attributes = editAttributes(undefined, { 'organization.name': organization, 'product.name': product });
  const headers = otlpHeaders(apiKey);
  const managedSettings = {
    env: {
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint(endpoint),
      OTEL_EXPORTER_OTLP_HEADERS: headers,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORT_INTERVAL: '60000',
      ...(attributes && { OTEL_RESOURCE_ATTRIBUTES: attributes }),
    },
  };
  const cowork = {
    otlpEndpoint: otlpEndpoint(endpoint),
    otlpProtocol: 'http/json',
    otlpHeaders: headers,
    otlpResourceAttributes: attributes || null,
    otlpContentCapture: [] as string[],
  };
  if (options.json) {
    printJson(context, { managedSettings, cowork, requires: REQUIRES });
    return;
  }
  for (const line of page(JSON.stringify(managedSettings, null, 2), cowork)) print(context, line);
  if (!given) notice(context, `\nNo key was given: replace ${PLACEHOLDER}, or give one with --api-key.`);
}

function labelFrom(text: string | undefined): string | null {
  const label = text?.trim() ?? '';
  if (/[\p{Cc}\p{Cs}]/u.test(label)) throw new UsageError('the name contains a character that cannot be written');
  return label === '' ? null : label;
}

function page(
  json: string,
  cowork: { otlpEndpoint: string; otlpProtocol: string; otlpHeaders: string; otlpResourceAttributes: string | null },
): string[] {
  return [
    'Claude Code: claude.ai > Admin settings > Claude Code > Managed settings',
    '',
    json,
    '',
    'Cowork: claude.ai > Admin settings > Cowork > Monitoring',
    '',
    ...pairs([
      ['OTLP endpoint', cowork.otlpEndpoint],
      ['OTLP protocol', cowork.otlpProtocol],
      ['OTLP headers', cowork.otlpHeaders],
      ['Resource attributes', cowork.otlpResourceAttributes],
      ['Content capture', 'off: no prompts, no responses, no tool details'],
    ]),
    '',
    `These settings need Claude Code ${REQUIRES.claudeCode} or newer on every machine:`,
    '  with OTEL_METRICS_EXPORTER=none, versions 2.1.40 to 2.1.81 send nothing at all, and 1.0.128 to 2.1.1 do not start.',
    '  Where older ones are about, leave that line out.',
    `The console itself reaches Claude Code from ${REQUIRES.claudeCodeServerManagedTeam} (Team) or ` +
      `${REQUIRES.claudeCodeServerManagedEnterprise} (Enterprise); Cowork needs Claude Desktop ` +
      `${REQUIRES.claudeDesktopForCowork} or newer.`,
    'To verify: restart Claude Code, use it once, and look for the person in the dashboard; "revenium-metering status"',
    'on that machine says what is in force there.',
  ];
}
