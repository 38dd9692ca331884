import type { PullRequest } from '../../usage/pull-request.ts';
import { membersOf, numberOf, textOf } from '../json-values.ts';
import type { Span } from '../sync-part.ts';
import type { Answer, VendorApi } from '../vendor-api.ts';
import { VendorError, malformed } from '../vendor-error.ts';
import type { PullRequestNode } from './pull-request-node.ts';
import { COMMITS_QUERY, PULL_REQUEST_FIELDS, commitsOf, pullRequestOf, readNode } from './pull-request-node.ts';

/** No search shows more, however it is paged. */
const MAX_RESULTS = 1000;
/** Large pages may take the vendor too long. */
const PAGE_SIZES = [50, 10] as const;
/** How often a search is done again whose results moved while they were read. */
const READINGS = 4;

const SEARCH = `query($q: String!, $first: Int!, $after: String) { search(type: ISSUE, query: $q, first: $first, after: $after) {
  issueCount pageInfo { hasNextPage endCursor } nodes { ... on PullRequest { ${PULL_REQUEST_FIELDS} } } } }`;

const ONE = `query($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) {
  pullRequest(number: $number) { ${PULL_REQUEST_FIELDS} } } }`;

export interface MergedReading {
  span: Span;
  pullRequests: PullRequest[];
  unreadable: number;
  dateMs: number | null;
}

export interface GithubReaderOptions {
  api: Pick<VendorApi, 'post'>;
  /** Of GraphQL, below the base address. */
  path: string;
  now: () => number;
}

interface Found {
  count: number;
  nodes: PullRequestNode[];
  unreadable: number;
  dateMs: number | null;
}

/** Reads merged pull requests with their commits. */
export class GithubReader {
  readonly #options: GithubReaderOptions;
  #pageSize: number = PAGE_SIZES[0];

  constructor(options: GithubReaderOptions) {
    this.#options = options;
  }

  /**
   * Pull requests of an organisation that were merged in a span, newest first. What no single search can show is cut
   * in halves, down to seconds. @throws VendorError
   */
  async *merged(organization: string, span: Span): AsyncGenerator<MergedReading> {
    const todo: Span[] = [span];
    for (let part = todo.pop(); part; part = todo.pop()) {
      if (part.fromMs >= part.toMs) continue;
      const found = await this.#search(queryOf(organization, part), canHalve(part));
      if (found === 'too many') {
        const middle = halfOf(part);
        todo.push({ fromMs: part.fromMs, toMs: middle }, { fromMs: middle, toMs: part.toMs });
        continue;
      }
      const readAtMs = found.dateMs ?? this.#options.now();
      const rows = found.nodes.map((node) => pullRequestOf(node, readAtMs));
      const pullRequests = rows.filter((row) => row !== null);
      const unreadable = found.unreadable + rows.length - pullRequests.length;
      yield { span: part, pullRequests, unreadable, dateMs: found.dateMs };
    }
  }

  /** One pull request; null where there is none, or it is not merged. @throws VendorError */
  async one(repository: string, number: number): Promise<PullRequest | null> {
    const [owner = '', name = ''] = repository.split('/');
    const { body, dateMs } = await this.#ask(ONE, { owner, name, number });
    const found = membersOf(membersOf(membersOf(body).data).repository).pullRequest;
    const node = readNode(found);
    return node && pullRequestOf(await this.#withAllCommits(node), dateMs ?? this.#options.now());
  }

  async #search(query: string, mayHalve: boolean): Promise<Found | 'too many'> {
    for (let reading = 1; reading <= READINGS; reading++) {
      const found = await this.#searchOnce(query);
      if (found !== 'too many' || mayHalve) {
        if (found !== 'moving') return found;
        continue;
      }
      throw new VendorError(`GitHub shows only ${MAX_RESULTS} of what was merged in one second`, 'invalid');
    }
    throw new VendorError("GitHub's results changed each time they were read", 'moving');
  }

  async #searchOnce(query: string): Promise<Found | 'too many' | 'moving'> {
    const found: Found = { count: 0, nodes: [], unreadable: 0, dateMs: null };
    let size = 0;
    for (let after: string | null = null; ;) {
      const { body, dateMs } = await this.#page(query, after);
      const search = membersOf(membersOf(membersOf(body).data).search);
      const count = numberOf(search.issueCount);
      if (count === null || !Array.isArray(search.nodes)) throw malformed('GitHub', 'it holds no results');
      if (count > MAX_RESULTS) return 'too many';
      if (after === null) Object.assign(found, { count, dateMs });
      else if (count !== found.count) return 'moving';
      size += search.nodes.length;
      for (const value of search.nodes) {
        const node = readNode(value);
        if (node) found.nodes.push(await this.#withAllCommits(node));
        else found.unreadable += 1;
      }
      const { hasNextPage, endCursor } = membersOf(search.pageInfo);
      const next = hasNextPage === true && search.nodes.length > 0 ? textOf(endCursor) : null;
      if (next === null || next === after) return isWhole(found, size) ? found : 'moving';
      after = next;
    }
  }

  async #withAllCommits(node: PullRequestNode): Promise<PullRequestNode> {
    let { commits, moreAfter } = node;
    while (moreAfter !== null) {
      const { body } = await this.#ask(COMMITS_QUERY, { id: node.id, after: moreAfter });
      const page = commitsOf(membersOf(membersOf(membersOf(body).data).node).commits);
      commits = [...commits, ...page.commits];
      moreAfter = page.commits.length === 0 || page.moreAfter === moreAfter ? null : page.moreAfter;
    }
    return { ...node, commits, moreAfter };
  }

  async #page(query: string, after: string | null): Promise<Answer> {
    try {
      return await this.#ask(SEARCH, { q: query, first: this.#pageSize, after });
    } catch (error) {
      const smaller = PAGE_SIZES.find((size) => size < this.#pageSize);
      if (smaller === undefined || !(error instanceof VendorError) || error.trouble !== 'away') throw error;
      this.#pageSize = smaller;
      return await this.#page(query, after);
    }
  }

  #ask(query: string, variables: Readonly<Record<string, unknown>>): Promise<Answer> {
    return this.#options.api.post(this.#options.path, { query, variables });
  }
}

/** Nothing left out, nothing twice. */
const isWhole = ({ count, nodes }: Found, size: number): boolean =>
  size === count && new Set(nodes.map(({ id }) => id)).size === nodes.length;

const seconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Both ends of a range are inclusive, and whole seconds. */
const queryOf = (organization: string, { fromMs, toMs }: Span): string =>
  `is:pr is:merged org:${organization} merged:${seconds(fromMs)}..${seconds(toMs - 1000)} sort:created-asc`;

const canHalve = ({ fromMs, toMs }: Span): boolean => toMs - fromMs >= 2000;

const halfOf = ({ fromMs, toMs }: Span): number => fromMs + Math.floor((toMs - fromMs) / 2000) * 1000;
