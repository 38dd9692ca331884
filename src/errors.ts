/** What every folder throws when something that can happen happens; anything else that is thrown is a bug. */
export interface FailureOptions {
  /** What to do next, as a sentence or a command. */
  hint?: string;
  cause?: unknown;
  /** The same call may succeed later: a timeout, a 503, a lock held by somebody else. */
  retryable?: boolean;
}

/** Failed or partly failed: exit 1. The message says what happened and where. */
export class Failure extends Error {
  readonly exitCode: 1 | 2 | 130 = 1;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
  }
}

/** Wrong usage or missing configuration: exit 2. */
export class UsageError extends Failure {
  override readonly exitCode = 2;
}

/** Stopped by the person (Ctrl-C): exit 130. */
export class Interrupted extends Failure {
  override readonly exitCode = 130;

  constructor(message = 'interrupted', options: FailureOptions = {}) {
    super(message, options);
  }
}

/** The code of an error of the file system or the network (`ENOENT`); undefined for any other. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
