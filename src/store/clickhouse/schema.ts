import type { Column } from '../columns.ts';
import { ACTIVITY_COLUMNS } from '../columns.ts';
import { FIGURE_COLUMNS, PULL_REQUEST_COLUMNS } from '../vendor-rows.ts';
import { OBSERVATION_COLUMNS } from './observation.ts';
import { REPORT_COLUMNS, ROW_COLUMNS, definitionsOf } from './placed-row.ts';
import { portable } from './dialect.ts';
import { finestSlicesOf } from '../slices.ts';

/** Statements that make the database; they run at every start, and change nothing that is as it should be. */
export interface Layout {
  /** Null on a single node. */
  cluster: string | null;
  /** Statements reach every node by themselves, and tables copy themselves to the replicas of their shard. */
  keeper: boolean;
}

interface ColumnDefinition {
  name: string;
  type: string;
}

interface TableDefinition {
  name: string;
  columns: readonly ColumnDefinition[];
  /** With its arguments. */
  engine: string;
  orderBy: string;
  partitionBy?: string;
  /** By what rows are dealt to the shards: an integer. */
  shardBy: string;
  settings?: readonly string[];
}

/** Raised where tables change in a way that an older release cannot work with. */
export const SCHEMA_VERSION = 1;

const DURABLE = ['fsync_after_insert = 1', 'fsync_part_directory = 1', 'min_compressed_bytes_to_fsync_after_merge = 1'];

// A report's days lie in few partitions, and one that rests becomes a single part, which is read as it is. Times that
// no clock can have had share one, so that a client's nonsense does not make thousands.
const BY_DAYS = 'if(day BETWEEN 14600 AND 29200, intDiv(day, 30), 0)';
const RESTFUL = ['min_age_to_force_merge_seconds = 3600', 'min_age_to_force_merge_on_partition_only = 1'];
/** Rows are fetched one by one, by hashes that lie anywhere. */
const FINE = ['index_granularity = 256'];

const uint = (name: string): ColumnDefinition => ({ name, type: 'UInt64' });
const text = (name: string): ColumnDefinition => ({ name, type: 'String' });
const integer = (name: string): ColumnDefinition => ({ name, type: 'Int64' });

const vendorColumns = (columns: readonly { column: Column }[]): Column[] => columns.map(({ column }) => column);
const listed = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(', ');

export const TABLES: readonly TableDefinition[] = [
  {
    name: 'observation',
    columns: [uint('hash'), ...OBSERVATION_COLUMNS],
    engine: 'AggregatingMergeTree()',
    orderBy: 'hash',
    shardBy: 'hash',
    settings: FINE,
  },
  {
    name: 'event_key',
    columns: [uint('key'), uint('hash')],
    engine: 'ReplacingMergeTree()',
    orderBy: '(key, hash)',
    shardBy: 'key',
    settings: FINE,
  },
  {
    name: 'event_row',
    columns: ROW_COLUMNS,
    engine: 'ReplacingMergeTree(revision)',
    orderBy: '(org, day, place, slot)',
    partitionBy: BY_DAYS,
    shardBy: 'place',
    settings: RESTFUL,
  },
  {
    name: 'activity_row',
    columns: definitionsOf(ACTIVITY_COLUMNS),
    engine: 'ReplacingMergeTree()',
    orderBy: '(org, day, hash)',
    partitionBy: BY_DAYS,
    shardBy: 'hash',
    settings: RESTFUL,
  },
  // What follows is small, and has to be read as one: the first shard has all of it.
  {
    name: 'control_vote',
    columns: [uint('slot'), text('voter'), uint('round'), { name: 'accepted', type: 'Bool' }, text('value')],
    engine: 'MergeTree()',
    orderBy: '(slot, round, voter)',
    shardBy: '0',
  },
  {
    name: 'control_log',
    columns: [uint('slot'), text('value')],
    engine: 'ReplacingMergeTree()',
    orderBy: 'slot',
    shardBy: '0',
  },
  {
    name: 'directory_row',
    columns: [
      text('org'),
      uint('generation'),
      text('actor'),
      integer('from_ms'),
      integer('to_ms'),
      text('person'),
      { name: 'team', type: 'Nullable(String)' },
      { name: 'department', type: 'Nullable(String)' },
    ],
    engine: 'MergeTree()',
    orderBy: '(org, generation, actor, from_ms)',
    shardBy: '0',
  },
  {
    name: 'daily_figure_row',
    columns: [...definitionsOf(vendorColumns(FIGURE_COLUMNS)), uint('generation')],
    engine: 'MergeTree()',
    orderBy: '(org, day, reporter, generation)',
    shardBy: '0',
  },
  {
    name: 'pull_request_row',
    columns: [...definitionsOf(vendorColumns(PULL_REQUEST_COLUMNS)), uint('reading')],
    engine: 'ReplacingMergeTree(reading)',
    orderBy: '(org, repository, number)',
    shardBy: '0',
  },
];

/** On every shard: which it is, of how many, and what made its tables. */
export const PLACE_TABLE = 'revenium_node';

const onCluster = ({ cluster, keeper }: Layout): string =>
  cluster !== null && keeper ? ` ON CLUSTER \`${cluster}\`` : '';

const local = (name: string, { cluster }: Layout): string => (cluster === null ? name : `${name}_local`);

function engineOf(engine: string, { cluster, keeper }: Layout): string {
  return cluster !== null && keeper ? `Replicated${engine}` : engine;
}

function tableStatements(table: TableDefinition, layout: Layout): string[] {
  const { name, columns, engine, orderBy, partitionBy, settings = [] } = table;
  const storing = local(name, layout);
  const defined = columns.map((column) => `${column.name} ${column.type} CODEC(ZSTD(1))`);
  return [
    `CREATE TABLE IF NOT EXISTS ${storing}${onCluster(layout)} (${defined.join(', ')})
      ENGINE = ${engineOf(engine, layout)} ${partitionBy === undefined ? '' : `PARTITION BY ${partitionBy}`}
      ORDER BY ${orderBy} SETTINGS ${[...DURABLE, ...settings].join(', ')}`,
    // What a later release has added.
    `ALTER TABLE ${storing}${onCluster(layout)} ${defined.map((column) => `ADD COLUMN IF NOT EXISTS ${column}`).join(', ')}`,
  ];
}

/** A name under which the rows of all shards are read and written; nothing on a single node. */
function distributed(name: string, shardBy: string, layout: Layout, database: string): string[] {
  if (layout.cluster === null) return [];
  return [
    `CREATE OR REPLACE TABLE ${name}${onCluster(layout)} AS ${local(name, layout)}
      ENGINE = Distributed(\`${layout.cluster}\`, ${database}, ${local(name, layout)}, ${shardBy})`,
  ];
}

function view(name: string, select: string, layout: Layout): string {
  return `CREATE OR REPLACE VIEW ${name}${onCluster(layout)} AS ${select}`;
}

/** To be run in this order, on every node unless the cluster passes them on. */
export function statements(layout: Layout, database: string): string[] {
  const events = `SELECT ${REPORT_COLUMNS.join(', ')} FROM ${local('event_row', layout)} FINAL WHERE NOT void`;
  const activities = `SELECT ${listed(ACTIVITY_COLUMNS)} FROM ${local('activity_row', layout)} FINAL`;
  return [
    `CREATE TABLE IF NOT EXISTS ${PLACE_TABLE}${onCluster(layout)} (at DateTime64(6) DEFAULT now64(6), version UInt32,
      shard UInt32, shards UInt32, layout String) ENGINE = ${engineOf('MergeTree()', layout)} ORDER BY at`,
    ...TABLES.flatMap((table) => tableStatements(table, layout)),
    ...TABLES.flatMap(({ name, shardBy }) => distributed(name, shardBy, layout, database)),
    // Each shard makes its own rows of reports and adds up what it can before anything is sent.
    view(local('usage_event', layout), events, layout),
    ...distributed('usage_event', 'hash', layout, database),
    view(local('activity', layout), activities, layout),
    ...distributed('activity', 'hash', layout, database),
    view(
      'directory',
      `SELECT org, actor, from_ms, to_ms, person, team, department FROM directory_row
        WHERE actor <> '' AND (org, generation) IN (SELECT org, max(generation) FROM directory_row GROUP BY org)`,
      layout,
    ),
    view(
      'daily_figure',
      `SELECT ${listed(vendorColumns(FIGURE_COLUMNS))} FROM daily_figure_row WHERE (org, reporter, day, generation) IN
        (SELECT org, reporter, day, max(generation) FROM daily_figure_row GROUP BY org, reporter, day)`,
      layout,
    ),
    view('pull_request', `SELECT ${listed(vendorColumns(PULL_REQUEST_COLUMNS))} FROM pull_request_row FINAL`, layout),
    view(
      'first_seen',
      'SELECT org, actor, assistant, min(at_ms) AS at_ms FROM usage_event WHERE counted GROUP BY org, actor, assistant',
      layout,
    ),
    view('usage_slice', portable(finestSlicesOf('usage_event')), layout),
  ];
}
