interface SegmentedProps<V extends string> {
  label: string;
  options: readonly (readonly [V, string])[];
  value: V;
  choose: (value: V) => void;
  small?: boolean;
}

/** One of a few, side by side. */
export function Segmented<V extends string>({ label, options, value, choose, small = false }: SegmentedProps<V>) {
  return (
    <div className={`segmented ${small ? 'small' : ''}`} role="group" aria-label={label}>
      {options.map(([option, text]) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => choose(option)}>
          {text}
        </button>
      ))}
    </div>
  );
}
