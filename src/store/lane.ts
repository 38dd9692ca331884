import { BoundedMap } from '../usage/bounded-map.ts';
import type { EventState } from '../usage/event.ts';
import { hash64 } from '../usage/identity.ts';

const lanes = new BoundedMap<string, bigint>(50_000);

let last: { state: Pick<EventState, 'org' | 'assistant' | 'sessionId' | 'actor'>; lane: bigint } | null = null;

/** The unit in which runs of work are found: a session, or where the assistant has none, one person's use of it. */
export function laneOf(state: EventState): bigint {
  const { org, assistant, sessionId, actor } = state;
  // Events of one lane come together.
  const before = last?.state;
  if (
    last &&
    before?.sessionId === sessionId &&
    before.actor === actor &&
    before.org === org &&
    before.assistant === assistant
  )
    return last.lane;
  const lane = madeOf(org, assistant, sessionId, actor);
  last = { state: { org, assistant, sessionId, actor }, lane };
  return lane;
}

function madeOf(org: string, assistant: string, sessionId: string | null, actor: string | null): bigint {
  const [kind, name] = sessionId === null ? ['actor', actor ?? ''] : ['session', sessionId];
  return lanes.getOr(`${org}\n${assistant}\n${kind}\n${name}`, () => hash64('lane', org, assistant, kind, name));
}
