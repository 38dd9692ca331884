import fc from 'fast-check';
import type { EventState } from '../../src/usage/event.ts';
import { delivery, observation } from './observations.ts';

/** Writers that are killed: each lane has an organisation of its own, and writes its batches one after the other. */

export const LANES = 6;

/** A part of a lane's batches, the same whenever it is asked for: observations of a few calls, many of them amended. */
export function batchesOf(seed: number, lane: number, part: number): EventState[][] {
  const org = `lane-${lane}`;
  const options = { seed: seed * 1009 + lane * 101 + part, numRuns: 1 };
  const [events = []] = fc.sample(fc.array(observation(org), { minLength: 8, maxLength: 16 }), options);
  const [batches = []] = fc.sample(delivery(events), options);
  return batches;
}

export const price = (event: EventState) => ({ listMicros: event.outputTokens * 20, cacheSavingsMicros: null });
