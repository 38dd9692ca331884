import type { IncomingHttpHeaders } from 'node:http';
import type { VendorReply, VendorRequest } from './vendor-server.ts';
import { VendorServer } from './vendor-server.ts';

/** GitHub's GraphQL search, as far as merged pull requests go. */

export const GITHUB_TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

export interface VendorCommit {
  message: string;
  name?: string;
  email?: string;
  login?: string | null;
}

export interface VendorPull {
  organization: string;
  repository: string;
  number: number;
  mergedAt: string;
  login: string | null;
  isBot?: boolean;
  body?: string;
  labels?: string[];
  branch?: string;
  mergeMessage?: string | null;
  commits: VendorCommit[];
  additions?: number;
  deletions?: number;
}

interface Question {
  query: string;
  variables: {
    q?: string;
    first?: number;
    after?: string | null;
    id?: string;
    owner?: string;
    name?: string;
    number?: number;
  };
}

const MAX_RESULTS = 1000;

export class GithubApi extends VendorServer {
  pulls: VendorPull[] = [];
  /** GraphQL's own way of refusing, in an answer of 200; first to first. */
  refusals: { type: string; message: string }[] = [];
  /** How many commits one page shows. */
  commitsPage = 100;
  /** What one page may ask for; larger ones take too long. */
  maxPage = 100;

  protected isAuthorized(headers: IncomingHttpHeaders): boolean {
    return headers.authorization === `Bearer ${GITHUB_TOKEN}`;
  }

  protected errorBody(status: number): unknown {
    return { message: `status ${status}`, documentation_url: 'https://docs.github.com' };
  }

  protected reply({ method, path, body }: VendorRequest): VendorReply {
    if (method !== 'POST' || path !== '/graphql') return { status: 404, body: this.errorBody(404) };
    const { query, variables } = body as Question;
    const refusal = this.refusals.shift();
    if (refusal) return { body: { data: null, errors: [refusal] } };
    if (query.includes('search(')) return this.#search(variables);
    if (query.includes('pullRequest(')) return this.#one(variables);
    const pull = this.pulls.find((one) => idOf(one) === variables.id);
    return { body: { data: { node: pull ? { commits: this.#commits(pull, Number(variables.after ?? 0)) } : null } } };
  }

  #search({ q = '', first = 0, after }: Question['variables']): VendorReply {
    if (first > this.maxPage) return { status: 502, body: this.errorBody(502) };
    const [, organization] = /org:(\S+)/.exec(q) ?? [];
    const [, from = '', to = ''] = /merged:(\S+?)\.\.(\S+)/.exec(q) ?? [];
    if (!q.includes('is:pr is:merged') || !organization || Number.isNaN(Date.parse(from)) || first < 1 || first > 100)
      return { body: { data: null, errors: [{ type: 'BAD_USER_INPUT', message: `no such search: ${q}` }] } };
    // Both ends of a range are whole seconds, and inside it.
    const found = this.pulls.filter(({ organization: owner, mergedAt }) => {
      const at = Math.floor(Date.parse(mergedAt) / 1000) * 1000;
      return owner === organization && at >= Date.parse(from) && at <= Date.parse(to);
    });
    const shown = found.slice(0, MAX_RESULTS);
    const start = Number(after ?? 0);
    const nodes = shown.slice(start, start + first).map((pull) => this.#node(pull));
    const end = start + nodes.length;
    return {
      body: {
        data: {
          search: {
            issueCount: found.length,
            pageInfo: { hasNextPage: end < shown.length, endCursor: nodes.length > 0 ? String(end) : null },
            nodes,
          },
        },
      },
    };
  }

  #one({ owner = '', name = '', number }: Question['variables']): VendorReply {
    const wanted = `${owner}/${name}`.toLowerCase();
    const pull = this.pulls.find((one) => one.repository.toLowerCase() === wanted && one.number === number);
    return { body: { data: { repository: { pullRequest: pull ? this.#node(pull) : null } } } };
  }

  #commits({ commits }: VendorPull, start: number): unknown {
    const end = Math.min(start + this.commitsPage, commits.length);
    return {
      totalCount: commits.length,
      pageInfo: { hasNextPage: end < commits.length, endCursor: String(end) },
      nodes: commits.slice(start, end).map(({ message, name, email, login }) => ({
        commit: { message, author: { name: name ?? 'Ada', email: email ?? null, user: login ? { login } : null } },
      })),
    };
  }

  #node(pull: VendorPull): unknown {
    return {
      id: idOf(pull),
      number: pull.number,
      mergedAt: pull.mergedAt,
      additions: pull.additions ?? 1,
      deletions: pull.deletions ?? 0,
      body: pull.body ?? '',
      headRefName: pull.branch ?? 'fix/it',
      author: pull.login === null ? null : { __typename: pull.isBot ? 'Bot' : 'User', login: pull.login },
      repository: { nameWithOwner: pull.repository },
      mergeCommit: pull.mergeMessage === null ? null : { message: pull.mergeMessage ?? 'Merge' },
      labels: { nodes: (pull.labels ?? []).map((name) => ({ name })) },
      commits: this.#commits(pull, 0),
    };
  }
}

const idOf = ({ repository, number }: VendorPull): string => `PR_${repository}_${number}`;
