import { navigate, samePage, useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import type { Row, Rows } from '../api/figures.ts';
import { textOf } from '../api/figures.ts';
import { onlyFigures, useReport } from '../api/report.ts';
import { metricTitle } from '../format/metrics.ts';
import { valueName } from '../format/names.ts';
import type { Column } from '../ui/columns.tsx';
import { agoColumn, figureColumn, isUnusedSeats, textColumn, trendColumn } from '../ui/columns.tsx';
import { ListPanel } from '../ui/list-panel.tsx';
import { Page } from '../ui/page.tsx';
import { personColumn } from '../ui/person.tsx';
import { Popup } from '../ui/popup.tsx';
import { Segmented } from '../ui/segmented.tsx';

const FIGURES = [
  ...[
    'totalSessions',
    'activeDays',
    'usageFrequency',
    'sessionsPerActiveDay',
    'exchanges',
    'totalRequests',
    'workingMs',
  ],
  ...[
    'averageSessionDurationMs',
    'totalTokens',
    'workTokens',
    'inputTokens',
    'outputTokens',
    'cacheReadTokens',
    'cacheHitRate',
  ],
  ...[
    'apiEquivalentMicros',
    'costMicros',
    'subscriptionCostMicros',
    'meteredCostMicros',
    'valueMultiple',
    'averageCostPerSessionMicros',
  ],
  ...['unpricedRequests', 'errorRequests'],
];
const AT_FIRST = ['totalSessions', 'activeDays', 'totalRequests', 'totalTokens', 'apiEquivalentMicros', 'costMicros'];

const GROUPS = [
  ['person', 'Person'],
  ['team', 'Team'],
  ['department', 'Department'],
] as const;

/** Everybody in one table: any column shown, sorted, searched; grouped by where they work. */
export default function Users() {
  const address = useAddress();
  const { view } = filtersOf(address);
  const asked = address.params.get('group');
  const group =
    view === 'organization' && asked !== 'department'
      ? 'team'
      : (GROUPS.find(([name]) => name === asked)?.[0] ?? 'person');
  const search = address.params.get('search') ?? '';
  const chosen = address.params.getAll('column').filter((name) => FIGURES.includes(name));
  const shown = chosen.length === 0 ? AT_FIRST : FIGURES.filter((name) => chosen.includes(name));
  const report = useReport<Rows>('breakdown', {
    extra: {
      by: group === 'person' ? 'user' : group,
      ...onlyFigures(group === 'person' ? shown : [...shown, 'uniqueUsers']),
    },
  });
  const wanted = search.trim().toLowerCase();
  const rowsOf = ({ rows }: Rows): readonly Row[] => rows.filter((row) => !isUnusedSeats(row) && matches(row, wanted));
  return (
    <Page title="People" lead="Everybody, by any figure">
      <ListPanel
        title={group === 'person' ? 'People' : group === 'team' ? 'Teams' : 'Departments'}
        report={report}
        rows={rowsOf}
        rowKey={(row, i) => textOf(row, group === 'person' ? 'user' : group) ?? `none-${i}`}
        sortParam="sort"
        sort="-totalSessions"
        noun={group}
        columns={[
          ...namesOf(group),
          ...shown.map((key) => figureColumn<Row>(key)),
          trendColumn(),
          agoColumn('lastAt', 'Last seen'),
        ]}
        tools={
          <>
            <input
              className="field"
              type="search"
              placeholder="Search"
              aria-label="Search people"
              value={search}
              onChange={(event) =>
                navigate(samePage(address, { search: event.target.value || null }), { replace: true })
              }
            />
            <Segmented
              label="Rows"
              options={view === 'user' ? GROUPS : GROUPS.slice(1)}
              value={group}
              choose={(next) => navigate(samePage(address, { group: next === 'person' ? null : next }))}
              small
            />
            <Popup label="Columns" ariaLabel="Choose columns" buttonClass="button small" popupClass="end">
              {() => (
                <span className="options" role="group" aria-label="Columns">
                  {FIGURES.map((key) => (
                    <label key={key}>
                      <input
                        type="checkbox"
                        checked={shown.includes(key)}
                        onChange={() =>
                          navigate(
                            samePage(address, {
                              column: shown.includes(key) ? shown.filter((one) => one !== key) : [...shown, key],
                            }),
                            { replace: true },
                          )
                        }
                      />
                      {metricTitle(key)}
                    </label>
                  ))}
                </span>
              )}
            </Popup>
          </>
        }
      />
    </Page>
  );
}

const matches = (row: Row, wanted: string): boolean =>
  wanted === '' ||
  ['user', 'name', 'team', 'department'].some((key) => (textOf(row, key) ?? '').toLowerCase().includes(wanted));

function namesOf(group: string): Column<Row>[] {
  if (group === 'person') return [personColumn(), textColumn<Row>('team', 'Team', (row) => textOf(row, 'team'))];
  const title = group === 'team' ? 'Team' : 'Department';
  return [
    textColumn<Row>(group, title, (row) => valueName(group, textOf(row, group))),
    figureColumn<Row>('uniqueUsers'),
  ];
}
