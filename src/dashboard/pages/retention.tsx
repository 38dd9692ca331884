import { useAddress } from '../address/address.ts';
import { filtersOf } from '../address/filters.ts';
import { useReport } from '../api/report.ts';
import { weekText } from '../format/calendar.ts';
import { counted } from '../format/counted.ts';
import { wholeShare } from '../format/figure.ts';
import { Panel } from '../ui/panel.tsx';

interface Cohort {
  label: string;
  people: number;
  weeks: readonly { label: string; active: number; share: number | null }[];
}

interface Answer {
  cohorts: readonly Cohort[];
  churnedUsers: number;
}

const NOBODY = {
  title: 'Nobody began in this period',
  text: 'Widen the period to see when people came and whether they stayed.',
};
const WITHHELD = {
  title: 'In no week five people began',
  text: 'Of fewer the organisation view tells nothing. Widen the period, or choose People beside it.',
};

/** Who came back: a row for each week of first use, a column for each week after it. */
export function Retention() {
  const report = useReport<Answer>('retention');
  const { view } = filtersOf(useAddress());
  return (
    <Panel
      title="Retention"
      report={report}
      metric="retention"
      note="Of the people whose first use fell in a week, the share active in each week after it."
      count={({ cohorts }) =>
        `${counted(
          cohorts.reduce((sum, { people }) => sum + people, 0),
          'person',
        )} in ${counted(cohorts.filter(({ people }) => people > 0).length, 'week')}`
      }
      isEmpty={({ cohorts }) => cohorts.every(({ people }) => people === 0)}
      empty={view === 'user' ? NOBODY : WITHHELD}
      chart={({ cohorts }) => <Cells cohorts={cohorts.filter(({ people }) => people > 0)} />}
    />
  );
}

function Cells({ cohorts }: { cohorts: readonly Cohort[] }) {
  const most = Math.max(0, ...cohorts.map(({ weeks }) => weeks.length));
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Retention by week">
      <table className="cells">
        <caption className="visually-hidden">Share of each week’s newcomers who were active in later weeks</caption>
        <thead>
          <tr>
            <th scope="col">First use</th>
            <th scope="col">People</th>
            {Array.from({ length: most }, (_, week) => (
              <th key={week} scope="col">
                {week === 0 ? 'Week 0' : week}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map(({ label, people, weeks }) => (
            <tr key={label}>
              <th scope="row">{weekText(label)}</th>
              <td>{people}</td>
              {weeks.map(({ label: week, share, active }) => (
                <td
                  key={week}
                  title={`${active} of ${people}, ${weekText(week).replace('Week', 'week')}`}
                  style={{
                    background: `color-mix(in srgb, var(--heat-1) ${Math.round((share ?? 0) * 45)}%, var(--heat-0))`,
                  }}
                >
                  {wholeShare(share)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
