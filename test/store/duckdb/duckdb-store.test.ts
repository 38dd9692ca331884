import { expect, it } from 'vitest';
import { openDuckdb } from '../../../src/store/duckdb/open.ts';
import { ForeignDatabase } from '../../../src/store/duckdb/schema.ts';
import { tempDir } from '../../support/temp-dir.ts';

it('refuses a database that another program made', async () => {
  const directory = tempDir();
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const other = await DuckDBInstance.create(`${directory}/usage.duckdb`);
  const connection = await other.connect();
  await connection.run('CREATE TABLE theirs (x INTEGER)');
  connection.closeSync();
  other.closeSync();
  const price = () => ({ listMicros: null, cacheSavingsMicros: null });
  await expect(openDuckdb({ directory, price })).rejects.toThrow(ForeignDatabase);
});
