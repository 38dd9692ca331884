import { isoMs } from './iso-time.ts';

/** A line of a session file, or a part of one, of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

export const record = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

/** Ids, names and paths are shorter; what is longer is none of them. */
const LONGEST = 512;
export const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST ? value : null;

/** Null for what is no object; what is broken was counted when the file was scanned. */
export function parsed(bytes: Buffer): Json | null {
  try {
    return record(JSON.parse(bytes.toString('utf8')));
  } catch {
    return null;
  }
}

/** Milliseconds UTC. */
export const timeOf = (line: Json): number | null =>
  typeof line.timestamp === 'string' ? isoMs(line.timestamp) : null;

/** The blocks of a type in what a line says. */
export function blocks(line: Json, type: string): Json[] {
  const content = record(line.message)?.content;
  if (!Array.isArray(content)) return [];
  return content.flatMap((value: unknown) => {
    const block = record(value);
    return block?.type === type ? [block] : [];
  });
}
