import type { ToolUsage, Usage } from './tool-usage.ts';
import { sumOf, summed } from './tool-usage.ts';

export const SORTS = ['requests', 'tokens', 'cost'] as const;
export type Sort = (typeof SORTS)[number];

export interface RankedTool extends Usage {
  tool: string;
}

export interface RankedUser extends Usage {
  /** From 1; those who are equal in what is sorted by share it. */
  rank: number;
  user: string;
  /** Most used first, by the same measure. */
  tools: RankedTool[];
}

const measured = ({ requests, tokens, costMicros }: Usage, sort: Sort): number =>
  sort === 'requests' ? requests : sort === 'tokens' ? tokens : (costMicros ?? -1);

/** One row a person, by e-mail, whatever tools they use. */
export function ranked(usages: readonly ToolUsage[], sort: Sort): RankedUser[] {
  const byUser = new Map<string, ToolUsage[]>();
  for (const usage of summed(usages)) byUser.set(usage.user, [...(byUser.get(usage.user) ?? []), usage]);
  const people = [...byUser].map(([user, tools]) => ({
    user,
    ...tools.map(usageOf).reduce(sumOf),
    tools: tools
      .map(({ tool, ...usage }) => ({ tool, ...usageOf(usage) }))
      .toSorted((a, b) => measured(b, sort) - measured(a, sort) || compare(a.tool, b.tool)),
  }));
  people.sort((a, b) => measured(b, sort) - measured(a, sort) || b.tokens - a.tokens || compare(a.user, b.user));
  let rank = 0;
  return people.map((person, i) => {
    const before = people[i - 1];
    if (!before || measured(before, sort) !== measured(person, sort)) rank = i + 1;
    return { rank, ...person };
  });
}

const usageOf = ({ requests, tokens, costMicros }: Usage): Usage => ({ requests, tokens, costMicros });

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
