/** One line of `status`. */
export interface Check {
  id: string;
  /** `fail` makes the command exit 1; `warn` and `info` do not. */
  state: 'ok' | 'warn' | 'fail' | 'info';
  says: string;
  /** What follows from it. */
  means?: string;
  /** The command, or the act, that mends it. */
  remedy?: string;
}

export const ok = (id: string, says: string): Check => ({ id, state: 'ok', says });
export const info = (id: string, says: string, means?: string): Check => ({
  id,
  state: 'info',
  says,
  ...(means !== undefined && { means }),
});
export const fail = (id: string, says: string, means: string, remedy: string): Check => ({
  id,
  state: 'fail',
  says,
  means,
  remedy,
});
export const warn = (id: string, says: string, means: string, remedy: string): Check => ({
  ...fail(id, says, means, remedy),
  state: 'warn',
});
