const STATES: Readonly<Record<string, readonly [string, string]>> = {
  inactive: ['not used', 'warn'],
  underused: ['below its price', ''],
  used: ['used', 'good'],
  new: ['new', ''],
};

/** Whether a seat is used, in a word. */
export function SeatState({ state }: { state: string | null }) {
  const [title, look] = STATES[state ?? ''] ?? ['–', null];
  return look === null ? <span className="muted">{title}</span> : <span className={`tag ${look}`}>{title}</span>;
}
