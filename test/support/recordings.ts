import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Requests of real clients, as recorded; see `fixtures/README.md`. */

type Value = Record<string, unknown>;
export interface WireAttribute {
  key: string;
  value: Value;
}
export interface WireRecord {
  timeUnixNano: string;
  body: Value;
  attributes: WireAttribute[];
  [member: string]: unknown;
}
export interface WireRequest {
  resourceLogs: {
    resource: { attributes: WireAttribute[] };
    scopeLogs: { scope: { name: string; version?: string }; logRecords: WireRecord[] }[];
  }[];
}

export interface Recording {
  /** `<run>/<file>`. */
  name: string;
  run: string;
  headers: Record<string, string>;
  body: WireRequest;
}

const FIXTURES = path.join(import.meta.dirname, '../../fixtures');

const readJson = (...parts: string[]): unknown => JSON.parse(readFileSync(path.join(FIXTURES, ...parts), 'utf8'));

function claudeRecordings(): Recording[] {
  const runs = readdirSync(path.join(FIXTURES, 'claude-code/otlp'));
  return runs.flatMap((run) =>
    readdirSync(path.join(FIXTURES, 'claude-code/otlp', run)).map((file) => {
      const { headers, body } = readJson('claude-code/otlp', run, file) as Pick<Recording, 'headers' | 'body'>;
      return { name: `${run}/${file}`, run, headers, body };
    }),
  );
}

function geminiRecordings(): Recording[] {
  const files = readdirSync(path.join(FIXTURES, 'gemini-cli')).filter((file) => file.startsWith('otlp-logs'));
  return files.map((file) => {
    const body = readJson('gemini-cli', file) as WireRequest;
    return { name: `gemini-cli/${file}`, run: file, headers: { 'content-type': 'application/json' }, body };
  });
}

export const CLAUDE_RECORDINGS = claudeRecordings();
export const GEMINI_RECORDINGS = geminiRecordings();

/** What the synthetic API answered to Claude Code, one line a call. */
export interface LedgerLine {
  ua: string;
  model: string;
  request_id: string;
  id?: string;
  sessHdr: string;
  error?: number;
  mid?: boolean;
  usage?: {
    input_tokens: number;
    output_tokens: number;
    cache_read_input_tokens: number;
    cache_creation_input_tokens: number;
    cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
  };
}

export const LEDGER: LedgerLine[] = readFileSync(path.join(FIXTURES, 'claude-code/ledger.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as LedgerLine);

export const recordsOf = (request: WireRequest): WireRecord[] =>
  request.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));

/** An attribute's scalar, whatever the dialect wraps it in. */
export const valueOf = (record: { attributes: WireAttribute[] }, key: string): unknown =>
  Object.values(record.attributes.find((attribute) => attribute.key === key)?.value ?? {})[0];
