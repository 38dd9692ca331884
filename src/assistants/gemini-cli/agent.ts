/** Who made a call, in Gemini CLI's words (`main`, `subagent`, `utility_router`, …) and in ours. */

const UTILITY = 'utility_';
const BACKGROUND = 'background:';

export function agentOf(role: string | null, agentName: string | null): string | null {
  if (agentName !== null) return agentName;
  if (role === null || role === 'main' || role === 'subagent') return role;
  return BACKGROUND + (role.startsWith(UTILITY) ? role.slice(UTILITY.length) : role);
}

/** The reverse, for records of our own. */
export function roleOf(agent: string | null): { role?: string; agent_name?: string } {
  if (agent === null) return {};
  if (agent === 'main' || agent === 'subagent') return { role: agent };
  if (agent.startsWith(BACKGROUND)) return { role: UTILITY + agent.slice(BACKGROUND.length) };
  return { role: 'subagent', agent_name: agent };
}

/** A sub-agent's prompt ids are `<agent id>#<turn>`; a conversation's `<session>########<n>`, or the session alone. */
export const agentIdOf = (promptId: string | null): string | null => /^([^#]+)#\d+$/.exec(promptId ?? '')?.[1] ?? null;
