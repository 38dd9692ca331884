import { useState } from 'react';

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
  if (!asked)
    return (
      <button type="button" className="button small danger" disabled={busy} onClick={() => setAsked(true)}>
        {label}
      </button>
    );
  return (
    <span className="confirm" role="group" aria-label={question}>
      <span>{question}</span>
      <button
        type="button"
        className="button small danger"
        autoFocus
        onClick={() => {
          setAsked(false);
          confirm();
        }}
      >
        {label}
      </button>
      <button type="button" className="button small" onClick={() => setAsked(false)}>
        Keep
      </button>
    </span>
  );
}
