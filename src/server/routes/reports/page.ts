import { z } from 'zod';
import { ServerError } from '../../errors.ts';

/** Parameters of a list that comes page by page. */
export const limitShape = {
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Rows of a page'),
  cursor: z.string().max(2000).optional().describe('`nextCursor` of the page before'),
};

export const cursorOf = (place: Readonly<Record<string, string | number | null>>): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** Null for the first page. @throws ServerError `invalid` */
export function readCursor<Place extends z.ZodType>(cursor: string | undefined, place: Place): z.infer<Place> | null {
  if (cursor === undefined || cursor === '') return null;
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw new ServerError('invalid', 'cursor: this is no `nextCursor` of a page of this list', { cause });
  }
}
