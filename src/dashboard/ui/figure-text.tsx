import type { Kind } from '../format/figure.ts';
import { changeOf, exactly, figure, kindOf } from '../format/figure.ts';
import { judgement } from '../format/metrics.ts';

interface FigureTextProps {
  value: number | null | undefined;
  kind: Kind;
}

/** A number with its unit in small; every digit is its tooltip. */
export function FigureText({ value, kind }: FigureTextProps) {
  const { text, unit } = figure(value, kind);
  return (
    <span className="figure" title={exactly(value, kind)}>
      {text}
      {unit !== '' && <span className="unit">{unit}</span>}
    </span>
  );
}

const ARROWS = { up: '↗', down: '↘', flat: '→' } as const;
const WORDS = { up: 'up', down: 'down', flat: 'unchanged' } as const;

/** The change against the period before. Colour only where more or less is plainly better. */
export function Delta({ value, before, metric }: { value: number | null; before: number | null; metric: string }) {
  const kind = kindOf(metric);
  const change = changeOf(value, before, kind);
  if (change === null) return null;
  const better = judgement(metric);
  const good =
    better === null || change.direction === 'flat'
      ? ''
      : (change.direction === 'up') === (better === 'more')
        ? 'good'
        : 'bad';
  return (
    <span className={`delta ${good}`} title={`the period before: ${exactly(before, kind)}`}>
      <span aria-hidden="true">{ARROWS[change.direction]} </span>
      <span className="visually-hidden">{WORDS[change.direction]} </span>
      {change.text}
    </span>
  );
}
