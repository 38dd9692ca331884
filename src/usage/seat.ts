import type { Assistant } from './event.ts';

/** A subscription that a person holds for an assistant, as the roster has it. */
export interface Seat {
  /** `email:ada@acme.com` */
  person: string;
  assistant: Assistant;
  /** As written in settings: `max_20x`; see `tiers.ts`. */
  tier: string;
  /** For people: `Claude Max 20x`. */
  plan: string;
  /** Price of a whole month. */
  monthlyMicros: number;
  /** Held from this instant, ms UTC. */
  fromMs: number;
  /** To this instant, exclusive; null: still held. */
  toMs: number | null;
}
