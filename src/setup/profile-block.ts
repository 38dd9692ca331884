import { Failure } from '../errors.ts';

/**
 * The one marked block in a shell's profile. It holds a line for each assistant, tagged by a comment at its end.
 * Setup changes a profile only between its own markers, and what a person has put in there stays.
 */
export const BLOCK_START = '# >>> revenium >>>';
export const BLOCK_END = '# <<< revenium <<<';
export const BLOCK_INTRO = '# Metering of AI coding assistants; "uninstall" takes it out again.';

/** Assistants that a profile can load, in the order of their lines: of two that set one variable, the later wins. */
export const BLOCK_TAGS = ['claude-code', 'gemini-cli'] as const;
export type BlockTag = (typeof BLOCK_TAGS)[number];

/** Markers of the older packages of this product. */
const LEGACY: Readonly<Record<BlockTag, string>> = {
  'claude-code': 'revenium-claude-code-metering',
  'gemini-cli': 'revenium-gemini-cli-metering',
};

export type BlockOwner = 'ours' | { legacy: BlockTag };

/** A stretch of a profile; all lines carry their line ends. */
export type Segment =
  { kind: 'text'; lines: string[] } | { kind: 'block'; owner: BlockOwner; start: string; inner: string[]; end: string };
export type BlockSegment = Extract<Segment, { kind: 'block' }>;

export const isOurs = (segment: Segment): segment is BlockSegment =>
  segment.kind === 'block' && segment.owner === 'ours';

export const isLegacy = (segment: Segment, tag: BlockTag): segment is BlockSegment =>
  segment.kind === 'block' && segment.owner !== 'ours' && segment.owner.legacy === tag;

function ownerOf(name: string): BlockOwner | null {
  if (name === 'revenium') return 'ours';
  const tag = BLOCK_TAGS.find((known) => LEGACY[known] === name);
  return tag ? { legacy: tag } : null;
}

function markerOf(line: string): { name: string; owner: BlockOwner; end: boolean } | null {
  const [, arrows, name = ''] = /^[ \t]*# (>>>|<<<) (revenium[a-z-]*) \1[ \t]*\r?\n?$/.exec(line) ?? [];
  const owner = ownerOf(name);
  return owner && { name, owner, end: arrows === '<<<' };
}

/** The profile in stretches, or the number (from 1) of the first line whose marker has no partner. */
export function parseProfile(text: string): Segment[] | number {
  const segments: Segment[] = [];
  let open: { name: string; line: number; block: BlockSegment } | null = null;
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  for (const [i, line] of lines.entries()) {
    const marker = markerOf(line);
    if (!marker) {
      const last = segments.at(-1);
      if (open) open.block.inner.push(line);
      else if (last?.kind === 'text') last.lines.push(line);
      else segments.push({ kind: 'text', lines: [line] });
    } else if (marker.end) {
      if (open?.name !== marker.name) return open?.line ?? i + 1;
      segments.push({ ...open.block, end: line });
      open = null;
    } else {
      if (open) return open.line;
      const block: BlockSegment = { kind: 'block', owner: marker.owner, start: line, inner: [], end: '' };
      open = { name: marker.name, line: i + 1, block };
    }
  }
  return open ? open.line : segments;
}

export const renderProfile = (segments: readonly Segment[]): string =>
  segments
    .flatMap((segment) => (segment.kind === 'text' ? segment.lines : [segment.start, ...segment.inner, segment.end]))
    .join('');

/** The assistant whose line this is. */
export function tagOf(line: string): BlockTag | undefined {
  const word = /# ([a-z-]+)[ \t]*\r?\n?$/.exec(line)?.[1];
  return BLOCK_TAGS.find((tag) => tag === word);
}

/** Lines that only the older packages can have written between their markers. */
const isLegacyLine = (line: string): boolean =>
  /^\s*(?:fi|end)\s*$|revenium\.(?:env|fish)\b|^\s*# Source Revenium /.test(line);

/** The lines of a block that somebody else has put into it. */
export const foreignLines = ({ owner, inner }: BlockSegment): string[] =>
  inner.filter((line) =>
    owner === 'ours' ? line.trim() !== BLOCK_INTRO && tagOf(line) === undefined : !isLegacyLine(line),
  );

export interface BlockState {
  /** From 1; the line whose marker has lost its partner. Such a profile is left alone. */
  damagedAt: number | null;
  /** Assistants that the block loads, each with its line as it stands. */
  lines: Partial<Record<BlockTag, string>>;
  /** Assistants for which an older package's block is there. */
  legacy: BlockTag[];
}

export function inspectProfile(text: string): BlockState {
  const segments = parseProfile(text);
  if (typeof segments === 'number') return { damagedAt: segments, lines: {}, legacy: [] };
  const lines: BlockState['lines'] = {};
  for (const line of segments.filter(isOurs).flatMap(({ inner }) => inner)) {
    const tag = tagOf(line);
    if (tag) lines[tag] ??= line.trim();
  }
  return {
    damagedAt: null,
    lines,
    legacy: BLOCK_TAGS.filter((tag) => segments.some((segment) => isLegacy(segment, tag))),
  };
}

/** A damaged block is never guessed at. */
export function damagedBlock(path: string, line: number): Failure {
  return new Failure(`${path}: line ${line} is half of a revenium block, its other marker is missing`, {
    hint: `That file was left as it is. Delete that line, or put the missing marker back (a block ends with "${BLOCK_END}"), and run this again.`,
  });
}
