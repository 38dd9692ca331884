import type { PullRequest } from '../../usage/pull-request.ts';
import type { Members } from '../json-values.ts';
import { countOf, emailOf, isObject, membersOf, numberOf, textOf } from '../json-values.ts';
import type { SignedCommit } from './signatures.ts';
import { isNoReply, toolsOfCommits, toolsOfMarks } from './signatures.ts';

const COMMIT = 'commit { message author { name email user { login } } }';

/** What is asked of a pull request. Its title is not. */
export const PULL_REQUEST_FIELDS = `id number mergedAt additions deletions body headRefName
  author { __typename login } repository { nameWithOwner } mergeCommit { message }
  labels(first: 50) { nodes { name } }
  commits(first: 100) { totalCount pageInfo { hasNextPage endCursor } nodes { ${COMMIT} } }`;

export const COMMITS_QUERY = `query($id: ID!, $after: String) { node(id: $id) { ... on PullRequest {
  commits(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { ${COMMIT} } } } } }`;

/** A pull request as GraphQL gives it, and where its further commits are. */
export interface PullRequestNode {
  id: string;
  node: Members;
  commits: SignedCommit[];
  /** Null: all commits are there. */
  moreAfter: string | null;
}

export function readNode(value: unknown): PullRequestNode | null {
  if (!isObject(value)) return null;
  const id = textOf(value.id);
  if (id === null || numberOf(value.number) === null || textOf(value.mergedAt) === null) return null;
  return { id, node: value, ...commitsOf(value.commits) };
}

/** One page of commits. */
export function commitsOf(value: unknown): { commits: SignedCommit[]; moreAfter: string | null } {
  const { nodes, pageInfo } = membersOf(value);
  const { hasNextPage, endCursor } = membersOf(pageInfo);
  const commits = (Array.isArray(nodes) ? nodes : []).map((one) => commitOf(membersOf(membersOf(one).commit)));
  return { commits, moreAfter: hasNextPage === true ? textOf(endCursor) : null };
}

function commitOf(commit: Members): SignedCommit {
  const author = membersOf(commit.author);
  return {
    message: typeof commit.message === 'string' ? commit.message : '',
    authorName: textOf(author.name),
    authorEmail: emailOf(author.email),
    authorLogin: textOf(membersOf(author.user).login),
  };
}

/** Null for what was never merged. */
export function pullRequestOf({ node, commits }: PullRequestNode, readAtMs: number): PullRequest | null {
  const repository = textOf(membersOf(node.repository).nameWithOwner);
  const mergedAtMs = Date.parse(textOf(node.mergedAt) ?? '');
  if (repository === null || Number.isNaN(mergedAtMs)) return null;
  const author = membersOf(node.author);
  const login = textOf(author.login);
  const isBot = author.__typename === 'Bot';
  const merge = membersOf(node.mergeCommit);
  const squashed = { message: typeof merge.message === 'string' ? merge.message : '', ...NOBODY };
  return {
    repository: repository.toLowerCase(),
    number: countOf(node.number),
    mergedAtMs,
    actor: login === null ? null : `github:${login.toLowerCase()}`,
    email: ownEmail(commits, login),
    isBot,
    additions: countOf(node.additions),
    deletions: countOf(node.deletions),
    commits: countOf(membersOf(node.commits).totalCount),
    commitTools: toolsOfCommits([...commits, squashed]),
    otherTools: toolsOfMarks({
      body: typeof node.body === 'string' ? node.body : '',
      labels: labelsOf(node.labels),
      branch: textOf(node.headRefName) ?? '',
      authorLogin: login !== null && isBot ? `${login}[bot]` : login,
    }),
    readAtMs,
  };
}

const NOBODY = { authorName: null, authorEmail: null, authorLogin: null };

function labelsOf(value: unknown): string[] {
  const { nodes } = membersOf(value);
  return (Array.isArray(nodes) ? nodes : []).flatMap((label) => textOf(membersOf(label).name) ?? []);
}

/** The address that the author's own commits carry, where it is a person's. */
function ownEmail(commits: readonly SignedCommit[], login: string | null): string | null {
  if (login === null) return null;
  const own = commits.find(
    ({ authorLogin, authorEmail }) =>
      authorLogin?.toLowerCase() === login.toLowerCase() && authorEmail !== null && !isNoReply(authorEmail),
  );
  return own?.authorEmail ?? null;
}
