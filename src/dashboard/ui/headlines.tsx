import { figureOf, previousOf } from '../api/figures.ts';
import type { Report } from '../api/report.ts';
import { NONE, figureLine, kindOf } from '../format/figure.ts';
import { metricTitle } from '../format/metrics.ts';
import { Definition } from './definition.tsx';
import { Failed } from './failed.tsx';
import { Delta, FigureText } from './figure-text.tsx';

export interface Headline {
  metric: string;
  title?: string;
  /** Said where the figure cannot be known: what would bring it. */
  missing?: string;
  definition?: string;
}

/** Beside which the button of the definition stays. */
const LAST_WORD = /\S+$/;

/** The figures of a page, each beside the same figure of the period before. */
export function Headlines({ report, items }: { report: Report<object>; items: readonly Headline[] }) {
  const { data, error, refetch, isPlaceholderData } = report.query;
  if (error && !data) return <Failed error={error} retry={() => void refetch()} />;
  return (
    <dl className="headlines" aria-busy={!data || isPlaceholderData} data-api={report.url} data-count={items.length}>
      {items.map(({ metric, title = metricTitle(metric), missing, definition }) => {
        const value = figureOf(data, metric);
        const before = data ? figureOf(previousOf(data), metric) : null;
        return (
          <div className="headline" key={metric} data-metric={metric} data-value={value ?? undefined}>
            <dt>
              {title.replace(LAST_WORD, '')}
              <span className="together">
                {LAST_WORD.exec(title)?.[0]}{' '}
                <Definition metric={metric} title={title} {...(definition === undefined ? {} : { text: definition })} />
              </span>
            </dt>
            <dd>
              {data ? (
                <FigureText value={value} kind={kindOf(metric)} />
              ) : (
                <div className="skeleton" style={{ height: '2rem', width: '60%' }} />
              )}
            </dd>
            <dd className="change">
              {data && value === null && missing !== undefined
                ? missing
                : data && isCompared(data, metric) && <Before metric={metric} value={value} before={before} />}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** Some figures are of the present only. */
const isCompared = (data: object, metric: string): boolean => metric in (previousOf(data) ?? {});

function Before({ metric, value, before }: { metric: string; value: number | null; before: number | null }) {
  const text = figureLine(before, kindOf(metric));
  if (text === NONE) return <>nothing to compare with</>;
  return (
    <>
      <Delta value={value} before={before} metric={metric} /> from {text}
    </>
  );
}
