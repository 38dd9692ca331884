import type { Target } from '../../reports/context.ts';
import type { ControlLog } from './control-log.ts';
import type { Versioned } from './entities.ts';
import { Entities } from './entities.ts';
import type { Asking } from './roster.ts';

/** What an organisation wants to be held against. */
export interface GoalValues {
  /** Share of licensed people who should use their seat; null: none is set. */
  adoptionRate: number | null;
  budgets: readonly Target[];
}

const NO_GOALS: GoalValues = { adoptionRate: null, budgets: [] };
const KEY = 'goals';

export class Goals {
  readonly #entities: Entities<GoalValues>;

  constructor(log: ControlLog, now: () => number) {
    this.#entities = new Entities(log, 'goals', now);
  }

  of(org: string): Versioned<GoalValues> {
    return this.#entities.find(org, KEY) ?? { version: 0, value: NO_GOALS };
  }

  put(asking: Asking, change: Partial<GoalValues>): Promise<Versioned<GoalValues>> {
    const decide = (known: GoalValues | null): GoalValues => ({ ...(known ?? NO_GOALS), ...change });
    return this.#entities.change({ ...asking, basedOn: asking.version, key: KEY, decide });
  }
}
