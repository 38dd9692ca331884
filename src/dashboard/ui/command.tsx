import { useRef, useState } from 'react';

/** What is at hand where a page that came without encryption may not write to the clipboard: marking, and the old way. */
function copyMarked(element: HTMLElement): boolean {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
  return document.execCommand('copy');
}

const WORDS = { ready: 'Copy', copied: 'Copied', marked: 'Marked' } as const;

/** A command to copy. */
export function Command({ text, label }: { text: string; label?: string }) {
  const [state, setState] = useState<keyof typeof WORDS>('ready');
  const code = useRef<HTMLElement>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState(code.current && copyMarked(code.current) ? 'copied' : 'marked');
    }
    window.setTimeout(() => setState('ready'), 2000);
  };
  return (
    <span className="command">
      <code ref={code} tabIndex={0}>
        {text}
      </code>
      <button
        type="button"
        className="button plain"
        onClick={() => void copy()}
        aria-label={`${WORDS[state]} ${label ?? 'the command'}`}
      >
        {WORDS[state]}
      </button>
    </span>
  );
}
