import { isDeepStrictEqual } from 'node:util';
import { ServerError } from '../errors.ts';
import type { Mapping, Segment } from '../roster/mapping.ts';
import { SegmentError, addSegment, checkSegments } from '../roster/mapping.ts';
import type { ControlLog } from './control-log.ts';
import type { Step, Versioned } from './entities.ts';
import { Entities } from './entities.ts';
import type { Asking } from './roster.ts';

/** Which person a raw actor is, when. */
export class Mappings {
  readonly mappings: Entities<Mapping>;

  constructor(log: ControlLog, now: () => number) {
    this.mappings = new Entities(log, 'mapping', now);
  }

  /** In the place of all that was said of the actor. @throws ServerError `invalid` where segments overlap, `conflict` */
  put(asking: Asking, actor: string, segments: readonly Segment[]): Promise<Versioned<Mapping>> {
    const after: Mapping = { actor, segments: asRefusal('invalid', () => checkSegments(segments)) };
    const decide = (known: Mapping | null): Mapping => (known && isDeepStrictEqual(known, after) ? known : after);
    return this.mappings.change({ ...asking, basedOn: asking.version, key: actor, decide });
  }

  /** Beside what is there. @throws ServerError `conflict` where it overlaps that */
  add(asking: Asking, actor: string, segment: Segment): Promise<Versioned<Mapping>> {
    return this.mappings.change({ ...asking, basedOn: asking.version, ...this.step(actor, segment) });
  }

  /** As `add`, as one of many. */
  step(actor: string, segment: Segment): Step<Mapping> {
    return { key: actor, decide: (known) => asRefusal('conflict', () => addSegment(known, actor, segment)) };
  }
}

function asRefusal<T>(code: 'invalid' | 'conflict', work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof SegmentError) throw new ServerError(code, cause.message, { cause });
    throw cause;
  }
}
