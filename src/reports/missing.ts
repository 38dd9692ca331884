/** What an answer could not be made of, by the name of the source, and how to connect it. */
export type Missing = Readonly<Record<string, string>>;

export const HOW_TO = {
  seats: 'No seats are on the roster: add them under Settings, Seats, or with `revenium-server seats`.',
  github: 'No pull requests are known: connect GitHub under Settings, Syncs, or run `revenium-server sync github`.',
  tools: 'No tool activity was seen: it comes with the live telemetry of Claude Code and Gemini CLI.',
  reports: 'No vendor’s daily report was read: connect one under Settings, Syncs.',
  undivided:
    'Lines and commits are of vendors’ daily reports, which name no model, project, repository, agent or label: leave that filter out.',
} as const;

export const missing = (...names: readonly (keyof typeof HOW_TO | false | null)[]): Missing =>
  Object.fromEntries(names.flatMap((name) => (name ? [[name, HOW_TO[name]]] : [])));
