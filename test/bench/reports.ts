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
  /\/(?:keys|members|teams|seats|mappings|unmapped|targets|budgets|imports|exports|connections|syncs|audit|alerts|invitations|backup)(?:\/|$)/;

/** Paths with their parameters filled in, where they can be; a choice is measured in each of its values. */
export async function reportsOf({ url, org }: Target, from: string, to: string): Promise<string[]> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as Description;
  return Object.entries(paths).flatMap(([path, { get }]) => {
    if (!get || !/\/sessions\/analytics\/|\/api\/v1\//.test(path) || NOT_REPORTS.test(path)) return [];
    const parameters = get.parameters ?? [];
    const named = parameters.filter(({ in: where }) => where === 'path');
    if (named.some(({ name }) => !/^org/i.test(name))) return [];
    const choices = parameters.filter(({ name, schema }) => name === 'by' && schema?.enum);
    const filled = path.replace(/\{[^}]+\}/, org);
    const period = parameters.some(({ name }) => name === 'from') ? `?from=${from}&to=${to}` : '?';
    const values = choices[0]?.schema?.enum ?? [];
    return values.length === 0 ? [`${filled}${period}`] : values.map((value) => `${filled}${period}&by=${value}`);
  });
}

export interface ReportTimes {
  report: string;
  status: number;
  /** The first time after the server started. */
  coldMs: number;
  /** The median of five more. */
  warmMs: number;
}

export async function measureReport({ url, key }: Target, report: string): Promise<ReportTimes> {
  const once = async (): Promise<{ ms: number; status: number }> => {
    const before = performance.now();
    const answer = await fetch(`${url}${report}`, { headers: { 'x-api-key': key } });
    await answer.arrayBuffer();
    return { ms: performance.now() - before, status: answer.status };
  };
  const { ms: coldMs, status } = await once();
  const warm: number[] = [];
  for (let i = 0; i < 5; i++) warm.push((await once()).ms);
  warm.sort((a, b) => a - b);
  return { report, status, coldMs, warmMs: warm[2] ?? NaN };
}
