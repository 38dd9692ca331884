import { expect, it, onTestFinished } from 'vitest';
import { parseAddress } from '../../../src/store/clickhouse/address.ts';
import { Connection } from '../../../src/store/clickhouse/connection.ts';
import { StoreUnavailable } from '../../../src/store/store.ts';
import { clickhouseHosts } from '../../support/stores.ts';

// An error that comes once the first rows are on their way.
const HALF =
  "SELECT number, throwIf(number = 300000, 'broken') AS x FROM numbers(400000) SETTINGS max_block_size = 1000";

it('takes no half of an answer for the whole, whatever the profile of the user says', async () => {
  const [host = ''] = await clickhouseHosts();
  const connection = await Connection.open(parseAddress(`clickhouse://${host}/default`), 'default');
  onTestFinished(() => connection.close());
  await expect(connection.table(HALF, {})).rejects.toThrow(StoreUnavailable);
  await expect(connection.rows(HALF)).rejects.toThrow(StoreUnavailable);
});
