import { useState } from 'react';

/** A command to copy. */
export function Command({ text, label }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      window.setTimeout(() => setCopied(false), 2000);
    } catch {
      // Not allowed here: the text can still be selected.
    }
  };
  return (
    <span className="command">
      <code tabIndex={0}>{text}</code>
      <button
        type="button"
        className="button plain"
        onClick={() => void copy()}
        aria-label={`Copy ${label ?? 'the command'}`}
      >
        {copied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
}
