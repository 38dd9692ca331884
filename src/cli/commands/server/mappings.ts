import type { Context } from '../../context.ts';
import { print, printJson } from '../../output.ts';
import { dayOf, printColumns } from './columns.ts';
import type { OrganizationOptions } from './organization.ts';
import { connectTo } from './organization.ts';

/** As the server answers. */
interface Mapping {
  actor: string;
  segments: { from: string | null; to: string | null; person: string }[];
}
interface Unmapped {
  actor: string;
  assistants: string[];
  requests: number;
  firstAt: string;
  lastAt: string;
  suggestions: { person: string; why: string }[];
}

export interface AddMappingOptions extends OrganizationOptions {
  actor: string;
  person: string;
  from?: string;
  to?: string;
}

export interface RemoveMappingOptions extends OrganizationOptions {
  actor: string;
}

export async function listMappings(options: OrganizationOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const { mappings } = (await call('GET', at('mappings'))) as { mappings: Mapping[] };
  if (options.json) return printJson(context, mappings);
  printMappings(mappings, context);
}

export async function listUnmapped(options: OrganizationOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const { actors } = (await call('GET', at('unmapped'))) as { actors: Unmapped[] };
  if (options.json) return printJson(context, actors);
  printColumns(
    context,
    ['ACTOR', 'ASSISTANTS', 'REQUESTS', 'FIRST', 'LAST', 'MAY BE'],
    actors.map(({ actor, assistants, requests, firstAt, lastAt, suggestions }) => [
      ...[actor, assistants.join(' '), requests, dayOf(firstAt), dayOf(lastAt)],
      suggestions.map(({ person, why }) => `${person.replace(/^email:/, '')} (${why})`).join(', '),
    ]),
  );
}

export async function addMapping(options: AddMappingOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const { actor, person, from = null, to = null } = options;
  const mapping = (await call('POST', at('mappings'), { actor, person, from, to })) as Mapping;
  if (options.json) printJson(context, mapping);
  else printMappings([mapping], context);
}

export async function removeMapping(options: RemoveMappingOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const mapping = (await call('DELETE', at('mappings', options.actor))) as Mapping;
  if (options.json) printJson(context, mapping);
  else print(context, `${mapping.actor} stands for itself`);
}

function printMappings(mappings: readonly Mapping[], context: Context): void {
  const rows = mappings.flatMap(({ actor, segments }) =>
    segments.map(({ from, to, person }) => [actor, person.replace(/^email:/, ''), dayOf(from), dayOf(to)]),
  );
  printColumns(context, ['ACTOR', 'PERSON', 'FROM', 'TO'], rows);
}
