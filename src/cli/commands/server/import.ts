import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { Failure, UsageError, errorCode } from '../../../errors.ts';
import type { ImportSummary } from '../../../server/imports/import-file.ts';
import type { Context } from '../../context.ts';
import { notice, print, printJson } from '../../output.ts';
import { pairs } from '../../style.ts';
import { Progress, formatBytes, formatCount } from '../backfill/progress.ts';
import type { OrganizationOptions } from './keys.ts';
import { connect } from './connection.ts';

export interface ImportOptions extends OrganizationOptions {
  /** `-`: standard input. */
  file: string;
  dryRun?: boolean;
  user?: string;
  from?: string;
  to?: string;
  tier?: string;
}

/** Bad rows that are shown; `--json` has more. */
const SHOWN = 20;

/** Sends a file to the running server, which does the work. */
export async function run(options: ImportOptions, context: Context): Promise<void> {
  const { file, size, name } = await openFile(options.file, context);
  const { org, upload } = await connect(options, context);
  const query = new URLSearchParams({ dryRun: String(options.dryRun ?? false) });
  for (const [key, value] of Object.entries({
    name,
    user: options.user,
    from: options.from,
    to: options.to,
    tier: options.tier,
  }))
    if (value !== undefined) query.set(key, value);
  const progress = new Progress(context);
  const counted = file.pipe(new ByteCounter((bytes) => progress.show(() => sentLine(bytes, size))));
  file.on('error', (error) => counted.destroy(error));
  const to = `/api/v1/${encodeURIComponent(options.org ?? org)}/imports?${query.toString()}`;
  const summary = (await upload(to, counted).finally(() => progress.end())) as ImportSummary;
  if (options.json) printJson(context, summary);
  else show(name ?? 'standard input', summary, context);
  const { count } = summary.problems;
  if (count > 0)
    throw new Failure(`${formatCount(count)} of ${formatCount(summary.rows)} rows could not be read`, {
      hint: summary.dryRun
        ? 'The others can be imported.'
        : 'The others are in. Mended, the file can be imported again.',
    });
}

interface OpenFile {
  file: Readable;
  /** Bytes; null for standard input. */
  size: number | null;
  name?: string;
}

async function openFile(given: string, { cwd, io }: Context): Promise<OpenFile> {
  if (given === '-') return { file: io.stdin, size: null };
  const where = path.resolve(cwd, given);
  try {
    const { size } = await stat(where);
    const file = createReadStream(where, { highWaterMark: 1 << 18 });
    await new Promise((resolve, reject) => file.once('open', resolve).once('error', reject));
    return { file, size, name: path.basename(where) };
  } catch (cause) {
    const missing = errorCode(cause) === 'ENOENT';
    throw new UsageError(missing ? `there is no file ${given}` : `${given} cannot be read`, { cause });
  }
}

/** Passes bytes on, and says how many there were. */
class ByteCounter extends Transform {
  readonly #onBytes: (all: number) => void;
  #bytes = 0;

  constructor(onBytes: (all: number) => void) {
    super();
    this.#onBytes = onBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.#bytes += chunk.length;
    this.#onBytes(this.#bytes);
    done(null, chunk);
  }
}

const sentLine = (bytes: number, size: number | null): string =>
  size === null || size === 0
    ? `${formatBytes(bytes)} read`
    : `${formatBytes(bytes)} of ${formatBytes(size)} read, ${Math.floor((bytes / size) * 100)} %`;

function show(name: string, summary: ImportSummary, context: Context): void {
  const { days, dryRun, problems } = summary;
  const count = (number: number): string => formatCount(number);
  print(context, `${name}: ${summary.formatName}${dryRun ? '; a preview, nothing was imported' : ''}`);
  const lines = pairs([
    ['rows', count(summary.rows)],
    [dryRun ? 'would be new' : 'new', count(summary.added)],
    ['there before', count(summary.known)],
    ['said twice', count(summary.duplicates)],
    ['left out', count(problems.count)],
    ['people', count(summary.people)],
    ['days', days.count === 0 ? '0' : `${count(days.count)} (${days.first ?? ''} to ${days.last ?? ''})`],
    ['requests', count(summary.requests)],
    ['tokens', count(summary.tokens)],
  ]);
  for (const line of lines) print(context, line);
  for (const { line, reason } of problems.lines.slice(0, SHOWN)) notice(context, `line ${line}: ${reason}`);
  if (problems.count > SHOWN) notice(context, `… and ${count(problems.count - SHOWN)} more lines`);
  for (const note of summary.notes) notice(context, `note: ${note}`);
}
