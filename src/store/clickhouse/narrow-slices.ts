import { finestSlicesOf } from '../slices.ts';
import { portable } from './dialect.ts';

const USE = /\bFROM usage_slice\b/g;

/**
 * `usage_slice` is a view over all events here, and what makes a slice looks at neighbours in time, so that the engine
 * cannot pass a report's days on to it. Where each use of it in a statement says its days, and all speak of one
 * organisation, the view is replaced by its own text over those days and the one before (see `slices.ts`).
 */
export function narrowSlices(text: string, params: Readonly<Record<string, unknown>>): string {
  const uses = text.match(USE)?.length ?? 0;
  // `usage_slice.actor` is a column of one of the uses.
  const mentions = text.match(/\busage_slice\b(?!\.)/g)?.length ?? 0;
  const days = [...text.matchAll(/\bday >= (-?\d+) AND day <= (-?\d+)/g)];
  const names = [...text.matchAll(/\borg = \{(p\d+):String\}/g)].map(([, name = '']) => name);
  const [name] = names;
  if (uses === 0 || uses !== mentions || days.length < uses || names.length < uses || name === undefined) return text;
  if (names.some((other) => params[other] !== params[name])) return text;
  const first = Math.min(...days.map(([, from]) => Number(from)));
  const last = Math.max(...days.map(([, , to]) => Number(to)));
  const events = `(SELECT * FROM usage_event WHERE org = {${name}:String} AND day >= ${first - 1} AND day <= ${last})`;
  const slices = portable(finestSlicesOf(events, `day >= ${first}`));
  return text.replace(USE, () => `FROM (${slices}) AS usage_slice`);
}
