import { jsonSchemaTransform } from 'fastify-type-provider-zod';

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What every refusal looks like; OTLP has answers of its own. */
const REFUSAL = {
  description: 'What is wrong; a parameter is named first',
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' } },
    },
  },
} as const;
const SUCCESS = { 200: { description: 'It was done', type: 'null' } } as const;
const IS_OURS = /^\/(?:api\/|:org_id\/)/;

/** A route as the API's description has it: what its schemas say, and what goes for all routes of a kind. */
export const describeRoute: typeof jsonSchemaTransform = (input) => {
  const described = jsonSchemaTransform(input);
  const schema: Json = { ...described.schema };
  if (schema.hide === true) return described;
  const querystring = isJson(schema.querystring) ? withLists(schema.querystring) : undefined;
  const response = isJson(schema.response) ? schema.response : SUCCESS;
  const isPublic = input.route.config?.access?.kind === 'public';
  return {
    ...described,
    schema: {
      ...schema,
      ...(querystring && { querystring }),
      ...(isPublic && { security: [] }),
      response: {
        ...(offersTables(querystring) ? withTable(response) : response),
        ...(IS_OURS.test(input.url) && { '4xx': REFUSAL }),
      },
    },
  };
};

/** A parameter that may be repeated is a list, of which one value is one. */
function withLists(querystring: Json): Json {
  const properties = isJson(querystring.properties) ? querystring.properties : {};
  const listed = Object.entries(properties).map(([name, one]) => [name, isJson(one) ? asList(one) : one]);
  return { ...querystring, properties: Object.fromEntries(listed) as Json };
}

function asList(parameter: Json): Json {
  const { anyOf, example, ...rest } = parameter;
  const choices: readonly unknown[] = Array.isArray(anyOf) ? anyOf : [];
  const list = choices.filter(isJson).find(({ type }) => type === 'array');
  if (!list) return parameter;
  return { ...rest, ...list, ...(example === undefined ? {} : { examples: [[example]] }) };
}

function offersTables(querystring: Json | undefined): boolean {
  const { format } = isJson(querystring?.properties) ? querystring.properties : {};
  return isJson(format) && Array.isArray(format.enum) && format.enum.includes('csv');
}

function withTable(response: Json): Json {
  const answer = response['200'];
  if (!isJson(answer) || answer.type !== 'object') return response;
  const content = { 'application/json': { schema: answer }, 'text/csv': { schema: { type: 'string' } } };
  return { ...response, 200: { description: 'JSON, or the table with `format=csv`', content } };
}
