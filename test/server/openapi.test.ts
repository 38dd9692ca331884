import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIGURES } from '../../src/reports/figures.ts';
import { openApp } from '../support/app.ts';

interface Operation {
  summary?: string;
  tags?: string[];
  security?: unknown[];
  parameters?: { name: string; in: string; description?: string; example?: unknown; schema: Record<string, unknown> }[];
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}
interface Schema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
}
interface Description {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

let description: Description;
let text: string;
beforeAll(async () => {
  const server = await openApp();
  const response = await server.app.inject('/openapi.json');
  text = response.body;
  description = response.json<Description>();
  await server.close();
});

const operation = (path: string): Operation => {
  const found = description.paths[path]?.get ?? description.paths[path]?.post;
  if (!found) throw new Error(`${path} is not described`);
  return found;
};
const answered = (path: string): Schema => {
  const schema = operation(path).responses['200']?.content?.['application/json']?.schema;
  if (!schema) throw new Error(`the answer of ${path} is not described`);
  return schema;
};

describe('/openapi.json', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(text) as Record<string, unknown>)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('says of every operation what it is for', () => {
    for (const [path, operations] of Object.entries(description.paths))
      for (const [method, { summary, tags }] of Object.entries(operations))
        expect([method, path, typeof summary, tags?.length]).toEqual([method, path, 'string', 1]);
  });

  it('does not describe what is for machines of the same operator', () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json'])
      expect(Object.keys(description.paths)).not.toContain(path);
  });
});

describe('every operation', () => {
  const operations = (): [path: string, Operation][] =>
    Object.entries(description.paths).flatMap(([path, all]) =>
      Object.values(all).map((one): [string, Operation] => [path, one]),
    );

  it('describes what may be repeated as a list, with an example', () => {
    const lists = operation('/{org_id}/sessions/analytics/summary').parameters?.filter(
      ({ schema }) => schema.type === 'array',
    );
    expect(lists?.map(({ name, example }) => [name, example])).toEqual([
      ['user', ['ada@acme.com']],
      ['team', ['Payments']],
      ['department', ['Engineering']],
      ['organization', ['Acme']],
      ['assistant', ['claude-code']],
      ['model', ['claude-sonnet-5']],
      ['project', ['web']],
      ['repository', ['acme/app']],
      ['agent', ['main']],
    ]);
    for (const [path, { parameters = [] }] of operations())
      for (const { name, schema } of parameters) expect([path, name, 'anyOf' in schema]).toEqual([path, name, false]);
  });

  it('says what a refusal looks like, what a table is, and what needs no key', () => {
    for (const [path, { responses }] of operations())
      if (path.startsWith('/api/'))
        expect([path, Object.keys(responses)]).toEqual([path, expect.arrayContaining(['4XX'])]);
    const { responses } = operation('/api/v1/{org_id}/users');
    expect(Object.keys(responses['200']?.content ?? {})).toEqual(['application/json', 'text/csv']);
    expect(operation('/api/session').security).toEqual([]);
    expect(operation('/api/v1/{org_id}/users').security).toBeUndefined();
  });
});

const FILTERS = [
  ...['from', 'to', 'tz', 'user', 'team', 'department', 'organization', 'assistant', 'model', 'project'],
  ...['repository', 'agent', 'view', 'format'],
];

describe.each([
  ['summary', []],
  ['timeseries', ['interval', 'by', 'limit', 'fields']],
  ['by-agent', ['fields']],
  ['cost-breakdown', ['by', 'sort', 'limit', 'cursor', 'fields']],
])('%s', (name, more) => {
  it('has all its parameters, each explained', () => {
    const { parameters = [] } = operation(`/{org_id}/sessions/analytics/${name}`);
    const query = parameters.filter((parameter) => parameter.in === 'query');
    expect(query.map((parameter) => parameter.name).sort()).toEqual([...FILTERS, ...more].sort());
    for (const parameter of query) expect([parameter.name, parameter.description]).not.toContain(undefined);
    const inPath = parameters.filter((parameter) => parameter.in === 'path');
    expect(inPath.map((parameter) => parameter.name)).toEqual(['org_id']);
  });
});

describe.each(['summary', 'timeseries'])('%s', (name) => {
  it('has every figure with its definition and unit, nullable where it may have no denominator or be left out', () => {
    const root = answered(`/{org_id}/sessions/analytics/${name}`);
    const figures = name === 'summary' ? root : root.properties?.points?.items;
    for (const of of [figures, figures?.properties?.previous]) {
      // Of a part of the time, or of the period before, the organisation view may leave out any.
      const isWhole = of === root;
      for (const metric of FIGURES) {
        const schema = of?.properties?.[metric.key];
        const described = JSON.stringify(schema);
        expect(described).toContain(metric.definition);
        expect(described).toContain(`Unit: ${metric.unit}.`);
        expect([metric.key, described.includes('null')]).toEqual([metric.key, !isWhole || metric.whenEmpty === null]);
      }
    }
  });
});
