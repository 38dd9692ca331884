import { useEffect, useRef, useState } from 'react';

interface ConfirmProps {
  /** What the button says: `Revoke`. */
  label: string;
  /** What will happen: `Machines with this key can no longer send.` */
  question: string;
  confirm: () => void;
  busy?: boolean;
}

/** A step that cannot be taken back is asked for twice. */
export function Confirm({ label, question, confirm, busy = false }: ConfirmProps) {
  const [asked, setAsked] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const left = useRef(false);
  useEffect(() => {
    if (asked || !left.current) return;
    left.current = false;
    first.current?.focus();
  }, [asked]);
  const leave = (): void => {
    left.current = true;
    setAsked(false);
  };
  if (!asked)
    return (
      <button
        ref={first}
        type="button"
        className="button small danger"
        disabled={busy}

        onClick={() => setAsked(true)}
      >
        {label}
      </button>
    );
  return (
    <span
      className="confirm"
      role="group"
      aria-label={question}
      onKeyDown={(event) => {
        if (event.key === 'Escape') leave();
      }}
    >
      <span>{question}</span>
      <button
        type="button"
        className="button small danger"
        onClick={() => {
          leave();
          confirm();
        }}
      >
        {label}
      </button>
      {/* Where the keyboard stands: pressing Enter twice does nothing that cannot be undone. */}
      <button type="button" className="button small" autoFocus onClick={leave}>
        Keep
      </button>
    </span>
  );
}
