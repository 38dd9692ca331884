import path from 'node:path';
import { UsageError } from '../../../errors.ts';
import { defaultDataDirectory } from '../../../server/data-directory.ts';
import type { Context } from '../../context.ts';

/** The data directory meant, absolute. @throws UsageError where none is named and there is no home for one */
export function dataDirectory({ data }: { data?: string }, context: Context): string {
  if (data !== undefined) return path.resolve(context.cwd, data);
  const directory = defaultDataDirectory(context);
  if (directory) return directory;
  throw new UsageError('there is no home directory to keep data in', { hint: 'Name a directory: --data DIR' });
}
