import type { CodingTool } from '../../usage/pull-request.ts';
import { CODING_TOOLS } from '../../usage/pull-request.ts';

/** By what a coding tool signs. People are called Claude too: e-mail addresses count, names do not. */

const EMAILS = new Map<string, CodingTool>([
  ['noreply@anthropic.com', 'claude-code'],
  ['cursoragent@cursor.com', 'cursor'],
  ['noreply@openai.com', 'codex'],
  ['codex@openai.com', 'codex'],
  ['aider@aider.chat', 'aider'],
]);

/** Accounts of programs, without `[bot]`. Those that only review are left out. */
const LOGINS = new Map<string, CodingTool>([
  ['claude[bot]', 'claude-code'],
  ['cursoragent', 'cursor'],
  ['copilot', 'copilot'],
  ['copilot-swe-agent', 'copilot'],
  ['chatgpt-codex-connector', 'codex'],
  ['gemini-cli', 'gemini-cli'],
  ['devin-ai-integration', 'devin'],
  ['google-labs-jules', 'jules'],
]);

const BRANCHES = new Map<string, CodingTool>([
  ['claude', 'claude-code'],
  ['cursor', 'cursor'],
  ['copilot', 'copilot'],
  ['codex', 'codex'],
]);

const LABELS = new Map<string, CodingTool>([['claude-code-assisted', 'claude-code']]);

const toolOfLogin = (login: string): CodingTool | undefined =>
  LOGINS.get(login) ?? LOGINS.get(login.replace(/\[bot\]$/, ''));

/** Of `198982749+Copilot@users.noreply.github.com` the login. */
const NO_REPLY = /^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$/;

export const isNoReply = (email: string): boolean => NO_REPLY.test(email);

function toolOfEmail(address: string): CodingTool | undefined {
  const email = address.trim().toLowerCase();
  const login = NO_REPLY.exec(email)?.[1];
  return EMAILS.get(email) ?? (login === undefined ? undefined : toolOfLogin(login));
}

/** Longer lines hold no trailer. */
const MAX_LINE = 500;

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (end - start <= MAX_LINE) yield text.slice(start, end).trim();
    start = end + 1;
  }
}

const sorted = (tools: Iterable<CodingTool>): CodingTool[] => {
  const found = new Set(tools);
  return CODING_TOOLS.filter((tool) => found.has(tool));
};

/** Of the trailers of a commit's message, or of a squashed one's. */
function* toolsOfMessage(message: string): Generator<CodingTool> {
  for (const line of linesOf(message)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (name === 'claude-session') yield 'claude-code';
    if (name !== 'co-authored-by') continue;
    const tool = toolOfEmail(line.slice(line.lastIndexOf('<') + 1).replace(/>.*$/, ''));
    if (tool) yield tool;
  }
}

export interface SignedCommit {
  message: string;
  authorName: string | null;
  authorEmail: string | null;
  authorLogin: string | null;
}

/** Tools that commits are signed by, or that wrote them. */
export function toolsOfCommits(commits: readonly SignedCommit[]): CodingTool[] {
  return sorted(
    commits.flatMap(({ message, authorName, authorEmail, authorLogin }) =>
      [
        ...toolsOfMessage(message),
        ...[authorEmail === null ? undefined : toolOfEmail(authorEmail)],
        ...[authorLogin === null ? undefined : toolOfLogin(authorLogin.toLowerCase())],
        ...(authorName?.endsWith('(aider)') ? ['aider' as const] : []),
      ].filter((tool) => tool !== undefined),
    ),
  );
}

export interface PullRequestMarks {
  body: string;
  labels: readonly string[];
  branch: string;
  authorLogin: string | null;
}

/** Tools that a pull request itself shows, beside its commits. */
export function toolsOfMarks({ body, labels, branch, authorLogin }: PullRequestMarks): CodingTool[] {
  const found: (CodingTool | undefined)[] = labels.map((label) => LABELS.get(label.toLowerCase()));
  const [prefix = '', rest] = branch.split('/', 2);
  if (rest !== undefined) found.push(BRANCHES.get(prefix.toLowerCase()));
  if (authorLogin !== null) found.push(toolOfLogin(authorLogin.toLowerCase()));
  for (const line of linesOf(body)) if (line.includes('Generated with [Claude Code](')) found.push('claude-code');
  return sorted([...toolsOfMessage(body), ...found.filter((tool) => tool !== undefined)]);
}
