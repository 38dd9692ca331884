/** Tools whose signature in a commit or a pull request says that they took part. */
export const CODING_TOOLS = [
  'claude-code',
  'cursor',
  'copilot',
  'codex',
  'gemini-cli',
  'aider',
  'devin',
  'jules',
] as const;
export type CodingTool = (typeof CODING_TOOLS)[number];

/**
 * A pull request that was merged; its identity is (organisation, repository, number). Tools are a lower bound: their
 * signatures can be switched off, and a squash may lose them.
 */
export interface PullRequest {
  /** `acme/app`, lower case. */
  repository: string;
  number: number;
  /** Milliseconds UTC. */
  mergedAtMs: number;
  /** `github:ada`, lower case; null where the account is gone. */
  actor: string | null;
  /** Of the author's own commits, lower case, where one says it; never GitHub's no-reply address. */
  email: string | null;
  /** An account of a program opened it. */
  isBot: boolean;
  additions: number;
  deletions: number;
  commits: number;
  /** Tools that a commit of it, or its merge, is signed by; sorted. */
  commitTools: readonly CodingTool[];
  /** Tools that only its text, label, branch or account shows; sorted. */
  otherTools: readonly CodingTool[];
  /** The vendor's clock when it was read, ms: a newer reading replaces an older one. */
  readAtMs: number;
}
