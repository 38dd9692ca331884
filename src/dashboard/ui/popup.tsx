import type { ReactNode } from 'react';
import { useEffect, useId, useRef, useState } from 'react';

interface PopupProps {
  /** What stands on the button. */
  label: ReactNode;
  /** For ears, where the button shows no words. */
  ariaLabel?: string;
  buttonClass?: string;
  popupClass?: string;
  /** A dialog holds controls, a note only text. */
  role?: 'dialog' | 'note';
  children: (close: () => void) => ReactNode;
}

/** A button that opens something small beside it. Escape, a click elsewhere or tabbing out closes it. */
export function Popup({
  label,
  ariaLabel,
  buttonClass = 'button',
  popupClass = '',
  role = 'dialog',
  children,
}: PopupProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    const inside = (target: EventTarget | null) => target instanceof Node && anchor.current?.contains(target) === true;
    const leave = (event: Event): void => {
      if (!inside(event.target)) setOpen(false);
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    document.addEventListener('keydown', escape);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
      document.removeEventListener('keydown', escape);
    };
  }, [open]);

  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <span className="popup-anchor" ref={anchor}>
      <button
        ref={button}
        type="button"
        className={buttonClass}
        aria-label={ariaLabel}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <span
          id={id}
          className={`popup ${popupClass}`}
          role={role}
          aria-label={ariaLabel ?? (typeof label === 'string' ? label : undefined)}
        >
          {children(close)}
        </span>
      )}
    </span>
  );
}
