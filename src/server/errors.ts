/** The closed list of what can go wrong for a caller, and its one mapping to HTTP. */
export const ERROR_STATUS = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  timeout: 408,
  conflict: 409,
  tooLarge: 413,
  unsupportedType: 415,
  tooMany: 429,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export interface ServerErrorOptions extends ErrorOptions {
  /** Seconds after which the same request may succeed. */
  retryAfterS?: number;
}

/** An answer to the caller: says what was wrong and, where it helps, what to do. Never quotes a request's content. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ErrorCode;
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, message: string, { retryAfterS, ...options }: ServerErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.retryAfterS = retryAfterS ?? (code === 'unavailable' || code === 'tooMany' ? 1 : undefined);
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}
