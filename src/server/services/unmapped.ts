import type { Query } from '../../reports/sql.ts';
import { joined, sql, text } from '../../reports/sql.ts';
import { directoryOf } from '../roster/directory.ts';
import type { Suggestion } from '../roster/suggest.ts';
import { suggester } from '../roster/suggest.ts';
import type { RosterView } from './roster-view.ts';

/** An actor of the usage that is nobody of the roster, for at least a part of its time. */
export interface UnmappedActor {
  actor: string;
  assistants: string[];
  requests: number;
  tokens: number;
  apiEquivalentMicros: number;
  firstMs: number;
  lastMs: number;
  /** Best first. */
  suggestions: Suggestion[];
}

const MOST_SUGGESTIONS = 3;
/** So many are looked up by login; the busiest come first. */
const MOST_LOOKUPS = 500;

/** The busiest first. People with an e-mail count as unmapped only where there is a roster that could have them. */
export async function unmappedActors(query: Query, org: string, view: RosterView): Promise<UnmappedActor[]> {
  const rows = await query(sql`
    SELECT actor, assistant, sum(requests) AS requests,
      sum(input_tokens + output_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens) AS tokens,
      sum(list_micros) AS micros, min(first_ms) AS first_at, max(last_ms) AS last_at
    FROM usage_slice WHERE org = ${text(org)} AND actor IS NOT NULL GROUP BY actor, assistant`);
  const actors = new Map<string, UnmappedActor>();
  for (const row of rows) {
    const actor = String(row.actor);
    const known = actors.get(actor);
    actors.set(actor, {
      actor,
      assistants: [...(known?.assistants ?? []), String(row.assistant)].sort(),
      requests: (known?.requests ?? 0) + Number(row.requests),
      tokens: (known?.tokens ?? 0) + Number(row.tokens),
      apiEquivalentMicros: (known?.apiEquivalentMicros ?? 0) + Number(row.micros),
      firstMs: Math.min(known?.firstMs ?? Infinity, Number(row.first_at)),
      lastMs: Math.max(known?.lastMs ?? 0, Number(row.last_at)),
      suggestions: [],
    });
  }
  const unmapped = [...actors.values()].filter(isUnmapped(view)).sort((a, b) => b.requests - a.requests);
  const logins = await loginsOf(query, org, unmapped);
  const suggest = suggester(view.members, view.settings.mailDomains);
  return unmapped.map((one) => ({
    ...one,
    suggestions: suggest({ actor: one.actor, logins: logins.get(one.actor) ?? [] }).slice(0, MOST_SUGGESTIONS),
  }));
}

function isUnmapped(view: RosterView): (actor: UnmappedActor) => boolean {
  const spans = new Map<string, { fromMs: number; toMs: number }[]>();
  for (const { actor, fromMs, toMs } of directoryOf(view))
    spans.set(actor, [...(spans.get(actor) ?? []), { fromMs, toMs }]);
  return ({ actor, firstMs, lastMs }) => {
    if (actor.startsWith('email:') && view.members.length === 0) return false;
    const isMapped = (ms: number): boolean =>
      (spans.get(actor) ?? []).some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);
    return !isMapped(firstMs) || !isMapped(lastMs);
  };
}

async function loginsOf(query: Query, org: string, actors: readonly UnmappedActor[]): Promise<Map<string, string[]>> {
  const logins = new Map<string, string[]>();
  if (actors.length === 0) return logins;
  const names = actors.slice(0, MOST_LOOKUPS).map(({ actor }) => sql`${text(actor)}`);
  const rows = await query(sql`
    SELECT actor, login FROM usage_event
    WHERE org = ${text(org)} AND login IS NOT NULL AND actor IN (${joined(names, ', ')}) GROUP BY actor, login`);
  for (const { actor, login } of rows)
    logins.set(String(actor), [...(logins.get(String(actor)) ?? []), String(login)].sort());
  return logins;
}
