/** A line as far as it has to do with which prompt it is for. */
export interface ChainedLine {
  uuid: string | null;
  /** The line that it goes on from. */
  parentUuid: string | null;
  sessionId: string | null;
}

/** At least so many lines are remembered; one goes on from a line that stands close. */
const REMEMBERED = 5000;
const PARENT = Buffer.from('{"parentUuid":"');
const UUID = Buffer.from('"uuid":"');
const UUID_LENGTH = 36;

/**
 * Which prompt the lines of a session file are for, given one after the other. Only what a person says, and the results
 * of tools, name their prompt; all else is for that of the line that it goes on from or, where that one is not known, of
 * the last one before it that is of the same session.
 */
export class PromptChain {
  #recent = new Map<string, string | null>();
  #older: ReadonlyMap<string, string | null> = new Map();
  #last: { sessionId: string | null; promptId: string | null } | null = null;
  #named = false;

  /** False until a line has named a prompt. */
  get isOfUse(): boolean {
    return this.#named;
  }

  /** A line that names its prompt, or begins one that it does not name (null). */
  begin(line: ChainedLine, promptId: string | null): void {
    this.#named ||= promptId !== null;
    this.#last = { sessionId: line.sessionId, promptId };
    this.#remember(line.uuid, promptId);
  }

  /** A line that does not; returns the prompt that it is for, null where that cannot be told. */
  goOn(line: ChainedLine): string | null {
    const known = line.parentUuid === null ? undefined : this.#promptOf(line.parentUuid);
    const last = this.#last?.sessionId === line.sessionId ? (this.#last?.promptId ?? null) : null;
    const promptId = known === undefined ? last : known;
    this.#remember(line.uuid, promptId);
    return promptId;
  }

  /** The same of a line that is of no other interest, without parsing it. */
  pass(line: Buffer): void {
    if (!this.#named || !line.subarray(0, PARENT.length).equals(PARENT)) return;
    const known = this.#promptOf(uuidAt(line, PARENT.length));
    // Whatever stands in the line comes before its own id, and in strings quotation marks are escaped.
    const at = line.lastIndexOf(UUID);
    if (known !== undefined && at !== -1) this.#remember(uuidAt(line, at + UUID.length), known);
  }

  /** After a line of which nothing is known. */
  lose(): void {
    this.#last = null;
  }

  #promptOf(uuid: string): string | null | undefined {
    const known = this.#recent.get(uuid);
    return known === undefined ? this.#older.get(uuid) : known;
  }

  #remember(uuid: string | null, promptId: string | null): void {
    if (uuid === null) return;
    this.#recent.set(uuid, promptId);
    if (this.#recent.size < REMEMBERED) return;
    this.#older = this.#recent;
    this.#recent = new Map();
  }
}

const uuidAt = (line: Buffer, at: number): string => line.toString('latin1', at, at + UUID_LENGTH);
