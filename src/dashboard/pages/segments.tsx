import type { Report } from '../api/report.ts';
import { counted } from '../format/counted.ts';
import { csvOf } from '../format/csv.ts';
import type { Column } from '../ui/columns.tsx';
import { figureColumn, textColumn } from '../ui/columns.tsx';
import { Delta } from '../ui/figure-text.tsx';
import { Panel } from '../ui/panel.tsx';

interface SegmentText {
  title: string;
  /** What would help, or what to learn from them. */
  help: string;
}

/** By the API's names, in the order in which they are tried. */
export const SEGMENT_LOOKS: ReadonlyMap<string, SegmentText> = new Map([
  ['Power Users', { title: 'Power users', help: 'Much work done, day after day. Ask them to show others how.' }],
  [
    'Cost Concerns',
    {
      title: 'Cost concerns',
      help: 'Spend is high for the output that is counted here. A lighter model or another plan may fit better.',
    },
  ],
  [
    'Efficient Contributors',
    { title: 'Efficient contributors', help: 'Good output for little money. Their way of working is worth sharing.' },
  ],
  [
    'Coaching Targets',
    {
      title: 'Coaching targets',
      help: 'Use it little so far, or not yet. An hour beside a colleague who knows the assistant helps most.',
    },
  ],
  ['Standard', { title: 'Standard', help: 'Everybody else: at work, and well as they are.' }],
]);

interface Segments {
  provisional: boolean;
  segments: readonly { segment: string; people: number; previous: { people: number | null } }[];
}

const COLUMNS: readonly Column<Segments['segments'][number]>[] = [
  textColumn('segment', 'Segment', ({ segment }) => segment),
  figureColumn('people', 'People'),
  { ...figureColumn('people-before', 'Before'), value: ({ previous }) => previous.people },
];

export function SegmentTags({ report }: { report: Report<Segments & { rows: readonly object[] }> }) {
  return (
    <Panel
      title="Segments"
      report={report}
      definition="Five groups by output, engagement and spend; the first that fits counts. They say where help or a conversation may pay, and are no ranking."
      size="third"
      csv={({ segments }) => csvOf(COLUMNS, segments)}
      count={({ segments }) =>
        counted(
          segments.reduce((sum, { people }) => sum + people, 0),
          'person',
        )
      }
      chart={({ segments, provisional }) => (
        <>
          <ul style={{ display: 'grid', gap: '0.75rem', paddingBlock: '0.25rem' }}>
            {segments.map(({ segment, people, previous }) => {
              const look = SEGMENT_LOOKS.get(segment);
              return (
                <li key={segment}>
                  <strong>
                    {look?.title ?? segment}: {people}
                  </strong>{' '}
                  {previous.people !== null && previous.people !== people && (
                    <span className="muted">
                      <Delta value={people} before={previous.people} metric="people" /> from {previous.people}
                    </span>
                  )}
                  <div className="muted">{look?.help}</div>
                </li>
              );
            })}
          </ul>
          {provisional && (
            <p className="muted" style={{ marginTop: '0.75rem' }}>
              Provisional: output is counted in sessions until GitHub is connected (revenium-server sync github).
            </p>
          )}
        </>
      )}
    />
  );
}
