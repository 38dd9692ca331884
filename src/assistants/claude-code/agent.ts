/**
 * Who made a call, in Claude Code's words and in ours. Its `query_source` is `sdk` (`-p`), `repl_main_thread` (with a
 * suffix for output styles), `agent:builtin:<type>`, or the name of a background task; metrics and some versions say
 * `main` and `subagent`.
 */

/** Null where the client does not say, as all before 2.1.119. */
export function agentOf(querySource: string | null, agentName: string | null, agentId: string | null): string | null {
  if (agentName !== null) return agentName;
  if (querySource?.startsWith('agent:')) return querySource.split(':').slice(2).join(':') || 'subagent';
  if (agentId !== null || querySource === 'subagent') return 'subagent';
  if (querySource === null) return null;
  if (/^(sdk|main|repl_main_thread)(:|$)/.test(querySource)) return 'main';
  return `background:${querySource}`;
}

const BACKGROUND = 'background:';

/** The reverse, for records of our own. */
export function querySourceOf(agent: string | null): { query_source?: string; 'agent.name'?: string } {
  if (agent === null) return {};
  if (agent === 'main') return { query_source: 'main' };
  if (agent.startsWith(BACKGROUND)) return { query_source: agent.slice(BACKGROUND.length) };
  return { query_source: 'subagent', 'agent.name': agent };
}
