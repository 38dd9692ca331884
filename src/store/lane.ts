import { BoundedMap } from '../usage/bounded-map.ts';
import type { EventState } from '../usage/event.ts';
import { hash64 } from '../usage/identity.ts';

const lanes = new BoundedMap<string, bigint>(50_000);

/** The unit in which runs of work are found: a session, or where the assistant has none, one person's use of it. */
export function laneOf({ org, assistant, sessionId, actor }: EventState): bigint {
  const [kind, name] = sessionId === null ? ['actor', actor ?? ''] : ['session', sessionId];
  return lanes.getOr(`${org}\n${assistant}\n${kind}\n${name}`, () => hash64('lane', org, assistant, kind, name));
}
