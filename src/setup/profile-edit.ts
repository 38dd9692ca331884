import type { BlockSegment, BlockTag, Segment } from './profile-block.ts';
import {
  BLOCK_END,
  BLOCK_INTRO,
  BLOCK_START,
  BLOCK_TAGS,
  foreignLines,
  isLegacy,
  isOurs,
  parseProfile,
  renderProfile,
  tagOf,
} from './profile-block.ts';

/** Of a damaged profile (see `inspectProfile`) each of these functions gives the text back as it was. */

const rank = (line: string): number => BLOCK_TAGS.findIndex((tag) => tag === tagOf(line));

/** A line of another assistant that does not stand in `inner` yet goes where its order wants it. */
function insertLine(inner: string[], line: string): void {
  const later = inner.findIndex((other) => rank(other) > rank(line));
  const last = inner.findLastIndex((other) => rank(other) !== -1 || other.trim() === BLOCK_INTRO);
  inner.splice(later === -1 ? last + 1 : later, 0, line);
}

function setInner(block: BlockSegment, tag: BlockTag, line: string, eol: string): void {
  const at = block.inner.findIndex((old) => tagOf(old) === tag);
  const old = block.inner[at];
  block.inner = block.inner.filter((other, i) => i === at || tagOf(other) !== tag);
  if (old === undefined) insertLine(block.inner, line + eol);
  else block.inner[at] = (/^[ \t]*/.exec(old)?.[0] ?? '') + line + (/\r?\n$/.exec(old)?.[0] ?? '');
}

/** The older packages put an empty line before their block. */
function dropGap(segment: Segment | undefined): void {
  if (segment?.kind === 'text' && /^\r?\n$/.test(segment.lines.at(-1) ?? '')) segment.lines.pop();
}

function withoutLegacy(segments: readonly Segment[], tag: BlockTag): Segment[] {
  return segments.map((segment, i) => {
    if (!isLegacy(segment, tag)) return segment;
    dropGap(segments[i - 1]);
    return { kind: 'text', lines: foreignLines(segment) };
  });
}

/** A profile that somebody has pasted twice has two blocks: the first takes the others' lines in. */
function withOneBlock(segments: readonly Segment[]): Segment[] {
  const [first, ...others] = segments.filter(isOurs);
  for (const line of others.flatMap(({ inner }) => inner))
    if (first && rank(line) !== -1 && !first.inner.some((own) => tagOf(own) === tagOf(line)))
      insertLine(first.inner, line);
  return segments.map((segment) =>
    isOurs(segment) && segment !== first ? { kind: 'text', lines: foreignLines(segment) } : segment,
  );
}

/** What has to stand between a profile and a block put at its end. */
export function separator(text: string, eol: string): string {
  const newline = text === '' || text.endsWith('\n') ? '' : eol;
  // A line that ends with a backslash would take in the line that follows it.
  return /\\\r?\n?$/.test(text) ? newline + eol : newline;
}

/**
 * The profile with this assistant's line in the block: in place where there is a block (an older package's counts),
 * else at the end. `line` carries no line end.
 */
export function setBlockLine(text: string, tag: BlockTag, line: string, eol: string): string {
  const segments = parseProfile(text);
  if (typeof segments === 'number') return text;
  const tagged = `${line} # ${tag}`;
  const existing = segments.find(isOurs);
  if (existing) {
    setInner(existing, tag, tagged, eol);
    return renderProfile(withOneBlock(withoutLegacy(segments, tag)));
  }
  const [start, intro, own, end] = [BLOCK_START, BLOCK_INTRO, tagged, BLOCK_END].map((part) => part + eol);
  const block = `${start}${intro}${own}${end}`;
  const at = segments.findIndex((segment) => isLegacy(segment, tag));
  if (at === -1) return text + separator(text, eol) + block;
  const rest = withoutLegacy(segments, tag);
  return renderProfile(rest.slice(0, at)) + block + renderProfile(rest.slice(at));
}

/** The profile without this assistant's lines, and without the block once no assistant is left in it. */
export function removeBlockLine(text: string, tag: BlockTag): string {
  const segments = parseProfile(text);
  if (typeof segments === 'number') return text;
  const left = segments.map((segment): Segment => {
    if (!isOurs(segment)) return segment;
    const block = { ...segment, inner: segment.inner.filter((line) => tagOf(line) !== tag) };
    return block.inner.some((line) => tagOf(line)) ? block : { kind: 'text', lines: foreignLines(block) };
  });
  return renderProfile(left);
}

/** The profile without the older package's block for this assistant. */
export function removeLegacyBlock(text: string, tag: BlockTag): string {
  const segments = parseProfile(text);
  return typeof segments === 'number' ? text : renderProfile(withoutLegacy(segments, tag));
}
