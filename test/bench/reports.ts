import { performance } from 'node:perf_hooks';

/** Every report of a server, as its own API description lists them: one that is new is measured by itself. */

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: { enum?: string[]; type?: string };
}
interface Description {
  paths: Record<string, Record<string, { parameters?: Parameter[]; tags?: string[] }>>;
}
interface Target {
  url: string;
  key: string;
  org: string;
}

const NOT_REPORTS =
  /\/(?:definitions|settings|seat-prices|keys|members|teams|seats|mappings|unmapped|targets|budgets|imports|exports|connections|syncs|audit|alerts|invitations|backup)(?:\/|$)/;

/** So many figures are taken of each kind; the median counts. */
const TIMES = 5;
const QUARTER_MS = 900_000;

/** The days that are asked about: whole ones, or moved back by some quarter-hours, which makes them another question. */
export interface Span {
  fromMs: number;
  toMs: number;
}
const asked = ({ fromMs, toMs }: Span, moved: number): string => {
  const time = (ms: number): string => new Date(ms - moved * QUARTER_MS).toISOString();
  return `from=${time(fromMs)}&to=${time(toMs)}`;
};

/** A report of any span. */
export interface Report {
  name: string;
  address: (span: Span, moved: number) => string;
}

/** Paths with their parameters filled in, where they can be; a choice is measured in each of its values. */
export async function reportsOf({ url, org }: Target): Promise<Report[]> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as Description;
  return Object.entries(paths).flatMap(([path, { get }]) => {
    if (!get || !/\/sessions\/analytics\/|\/api\/v1\//.test(path) || NOT_REPORTS.test(path)) return [];
    const parameters = get.parameters ?? [];
    const named = parameters.filter(({ in: where }) => where === 'path');
    if (named.some(({ name }) => !/^org/i.test(name))) return [];
    const choices = parameters.filter(({ name, schema }) => name === 'by' && schema?.enum);
    const filled = path.replace(/\{[^}]+\}/, org);
    if (!parameters.some(({ name }) => name === 'from')) return [];
    const values = choices[0]?.schema?.enum ?? [];
    const of = (more: string): Report => ({
      name: `${filled}${more.replace('&', '?')}`,
      address: (span, moved) => `${filled}?${asked(span, moved)}${more}`,
    });
    return values.length === 0 ? [of('')] : values.map((value) => of(`&by=${value}`));
  });
}

export interface ReportTimes {
  status: number;
  /** The first time after the server started. */
  coldMs: number;
  /** A question that was not asked before, over data that was read before: what the database takes. */
  warmMs: number;
  /** The same question again, right after an event has come in: what it changed is worked out anew first. */
  writtenMs: number;
  /** The same question again, with nothing written since: what is remembered. */
  againMs: number;
  bytes: number;
}

/** @param write has the server take in an event */
export async function measureReport(
  { url, key }: Target,
  report: Report,
  span: Span,
  write: () => Promise<void>,
): Promise<ReportTimes> {
  const once = async (moved: number): Promise<{ ms: number; status: number; bytes: number }> => {
    const before = performance.now();
    const answer = await fetch(`${url}${report.address(span, moved)}`, { headers: { 'x-api-key': key } });
    const { byteLength: bytes } = await answer.arrayBuffer();
    return { ms: performance.now() - before, status: answer.status, bytes };
  };
  const median = async (each: (i: number) => Promise<{ ms: number }>): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < TIMES; i++) times.push((await each(i)).ms);
    return times.sort((a, b) => a - b)[TIMES >> 1] ?? NaN;
  };
  const { ms: coldMs, status, bytes } = await once(0);
  return {
    ...{ status, bytes, coldMs },
    warmMs: await median((i) => once(i + 1)),
    againMs: await median(() => once(1)),
    writtenMs: await median(async () => {
      await write();
      return await once(0);
    }),
  };
}
