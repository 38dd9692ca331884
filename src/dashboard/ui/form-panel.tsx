import type { ReactNode } from 'react';
import { useId } from 'react';

interface FormPanelProps {
  title: string;
  note?: ReactNode;
  submit: string;
  busy?: boolean;
  error?: Error | null;
  /** The fields by their names; empty ones are left out. */
  send: (values: Readonly<Record<string, string>>, form: HTMLFormElement) => void;
  children: ReactNode;
  /** What came of it. */
  result?: ReactNode;
  size?: 'half' | 'third' | 'two-thirds';
}

/** A few fields and one button. */
export function FormPanel({
  title,
  note,
  submit,
  busy = false,
  error = null,
  send,
  children,
  result,
  size,
}: FormPanelProps) {
  const id = useId();
  return (
    <section className={`panel ${size ?? ''}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
      </header>
      {note !== undefined && <p className="panel-note">{note}</p>}
      <div className="panel-body">
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            const fields = [...new FormData(event.currentTarget)].flatMap(([name, value]) =>
              typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()]] : [],
            );
            send(Object.fromEntries(fields) as Record<string, string>, event.currentTarget);
          }}
        >
          {children}
          <button type="submit" className="button primary" disabled={busy}>
            {busy ? 'Working …' : submit}
          </button>
          {error !== null && (
            <p className="form-error" role="alert">
              {error.message}
            </p>
          )}
        </form>
        {result}
      </div>
    </section>
  );
}

interface FieldProps {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'number' | 'date' | 'url' | 'password';
  required?: boolean;
  placeholder?: string;
  initial?: string;
  step?: string;
  min?: string;
  max?: string;
  /** Where the keyboard goes when it appears. */
  focus?: boolean;
  /** For long texts. */
  wide?: boolean;
  /** What may be meant. */
  choices?: readonly string[];
  /** Names what is changed. */
  readOnly?: boolean;
}

export const Field = ({
  name,
  label,
  type = 'text',
  required = false,
  placeholder,
  initial,
  step,
  min,
  max,
  focus = false,
  wide = false,
  readOnly = false,
  choices,
}: FieldProps) => (
  <label className={wide ? 'wide' : undefined}>
    {label}
    <input
      list={choices && `${name}-choices`}
      className="field"
      autoFocus={focus}
      max={max}
      name={name}
      type={type}
      required={required}
      readOnly={readOnly}
      placeholder={placeholder}
      defaultValue={initial}
      step={step}
      min={min}
    />
    {choices && (
      <datalist id={`${name}-choices`}>
        {choices.map((choice) => (
          <option key={choice} value={choice} />
        ))}
      </datalist>
    )}
  </label>
);

interface ChoiceProps {
  name: string;
  label: string;
  options: readonly (readonly [string, string])[];
  initial?: string;
  change?: (value: string) => void;
}

export const Choice = ({ name, label, options, initial, change }: ChoiceProps) => (
  <label>
    {label}
    <select className="select" name={name} defaultValue={initial} onChange={(event) => change?.(event.target.value)}>
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  </label>
);
