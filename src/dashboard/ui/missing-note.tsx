/** What an answer could not be made of, and how to connect it, in the API's words. */
export function MissingNote({ data }: { data: object | undefined }) {
  const { missing = {} } = (data ?? {}) as { missing?: Readonly<Record<string, string>> };
  const texts = Object.entries(missing);
  if (texts.length === 0) return null;
  return (
    <div className="banner" role="note" style={{ gridColumn: '1 / -1', margin: 0 }}>
      <ul>
        {texts.map(([what, text]) => (
          <li key={what}>{text}</li>
        ))}
      </ul>
    </div>
  );
}
