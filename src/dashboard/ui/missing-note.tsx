import type { ReactNode } from 'react';

/** `revenium-server seats` stands in a text between backticks. */
const withCommands = (text: string): ReactNode =>
  text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part));

/** What an answer could not be made of, and how to connect it, in the API's words. */
export function MissingNote({ data }: { data: object | undefined }) {
  const { missing = {} } = (data ?? {}) as { missing?: Readonly<Record<string, string>> };
  const texts = Object.entries(missing);
  if (texts.length === 0) return null;
  return (
    <div className="banner" role="note" style={{ gridColumn: '1 / -1', margin: 0 }}>
      <ul>
        {texts.map(([what, text]) => (
          <li key={what}>{withCommands(text)}</li>
        ))}
      </ul>
    </div>
  );
}
