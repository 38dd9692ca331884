export const TOOLS = ['Claude', 'OpenAI', 'Cursor'] as const;
export type Tool = (typeof TOOLS)[number];

/** What a person has used of one tool. */
export interface Usage {
  /** Claude Code: sessions; OpenAI: API requests; Cursor: events. */
  requests: number;
  /** Input, output, read from and written to the cache. */
  tokens: number;
  /** Null where nothing of it has a known price. */
  costMicros: number | null;
}

export interface ToolUsage extends Usage {
  /** Lower-cased e-mail; what has none goes by its id. */
  user: string;
  tool: string;
}

/** Two sums as one; a cost that is not known adds nothing. */
export const sumOf = (a: Usage, b: Usage): Usage => ({
  requests: a.requests + b.requests,
  tokens: a.tokens + b.tokens,
  costMicros: a.costMicros === null ? b.costMicros : a.costMicros + (b.costMicros ?? 0),
});

/** Sums by user and tool. */
export function summed(usages: Iterable<ToolUsage>): ToolUsage[] {
  const sums = new Map<string, ToolUsage>();
  for (const usage of usages) {
    const key = JSON.stringify([usage.user, usage.tool]);
    const sum = sums.get(key);
    sums.set(key, sum ? { ...sum, ...sumOf(sum, usage) } : usage);
  }
  return [...sums.values()];
}
