import type { ReactNode } from 'react';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';

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

const EDGE_PX = 8;

/** As far to the side as it must be to stay on the screen. */
function intoSight(popup: HTMLElement): void {
  popup.style.marginInline = '0';
  const { left, right } = popup.getBoundingClientRect();
  const beyond = Math.max(0, right - (document.documentElement.clientWidth - EDGE_PX));
  const moved = Math.max(EDGE_PX - left, -beyond);
  // One of the two counts, by the side that it hangs from.
  if (moved < 0 || left < EDGE_PX) popup.style.marginInline = `${moved}px ${-moved}px`;
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
  const popup = useRef<HTMLSpanElement>(null);
  const id = useId();

  useLayoutEffect(() => {
    if (popup.current) intoSight(popup.current);
  }, [open]);

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
          ref={popup}
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
