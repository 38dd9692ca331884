import type { Assistant } from '../usage/event.ts';
import type { Seat } from '../usage/seat.ts';
import type { Query } from './sql.ts';

/** What the roster knows of a person today. */
export interface PersonDetails {
  name: string | null;
  team: string | null;
  department: string | null;
}

/** Of one organisation. */
export interface Roster {
  /** By person: `email:ada@acme.com`. */
  people: ReadonlyMap<string, PersonDetails>;
  /** Past seats too. */
  seats: readonly Seat[];
}

export const NO_ROSTER: Roster = { people: new Map(), seats: [] };

/** A vendor that is read on a schedule, for what data quality says of it. */
export interface SyncState {
  vendor: string;
  lastSuccessMs: number | null;
  lastError: string | null;
}

/** What leaders want to be held against. */
export interface Target {
  /** A team, or null for the organisation. */
  team: string | null;
  /** Of a calendar month. */
  monthlyMicros: number;
}

/** All that reports are made from. */
export interface ReportContext {
  query: Query;
  nowMs: number;
  roster: Roster;
  /** Assistants that are synced by a vendor's API, with the last outcome; empty where none is set up. */
  syncs: readonly SyncState[];
  budgets: readonly Target[];
  /** Assistants with a price that the roster sets for new seats; for seats that are only seen in the data. */
  seatPrices?: ReadonlyMap<`${Assistant}:${string}`, number>;
}
