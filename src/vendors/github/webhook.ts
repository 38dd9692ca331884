import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PullRequest } from '../../usage/pull-request.ts';
import { countOf, membersOf, textOf } from '../json-values.ts';
import { toolsOfMarks } from './signatures.ts';

/** Whether a body was signed with the secret: `X-Hub-Signature-256`, compared in constant time. */
export function isSigned(body: Buffer, signature: string | undefined, secret: string): boolean {
  const [, hex = ''] = /^sha256=([0-9a-f]{64})$/i.exec(signature ?? '') ?? [];
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(hex, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * The pull request that an event says was merged; null for all other events. It names no commits: their signatures
 * have to be read.
 */
export function mergedByEvent(event: string | undefined, payload: unknown): PullRequest | null {
  const { action, pull_request: value, repository } = membersOf(payload);
  if (event !== 'pull_request' || action !== 'closed') return null;
  const pull = membersOf(value);
  const name = textOf(membersOf(repository).full_name);
  const mergedAtMs = Date.parse(textOf(pull.merged_at) ?? '');
  if (pull.merged !== true || name === null || Number.isNaN(mergedAtMs)) return null;
  const user = membersOf(pull.user);
  const login = textOf(user.login);
  const updatedMs = Date.parse(textOf(pull.updated_at) ?? '');
  const labels = Array.isArray(pull.labels) ? pull.labels : [];
  return {
    repository: name.toLowerCase(),
    number: countOf(pull.number),
    mergedAtMs,
    actor: login === null ? null : `github:${login.toLowerCase().replace(/\[bot\]$/, '')}`,
    email: null,
    isBot: user.type === 'Bot',
    additions: countOf(pull.additions),
    deletions: countOf(pull.deletions),
    commits: countOf(pull.commits),
    commitTools: [],
    otherTools: toolsOfMarks({
      body: typeof pull.body === 'string' ? pull.body : '',
      labels: labels.flatMap((label) => textOf(membersOf(label).name) ?? []),
      branch: textOf(membersOf(pull.head).ref) ?? '',
      authorLogin: login,
    }),
    readAtMs: Number.isNaN(updatedMs) ? mergedAtMs : updatedMs,
  };
}
