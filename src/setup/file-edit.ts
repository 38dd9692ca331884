/** One change to one file, planned; `writeFiles` makes it happen. */
export interface FileEdit {
  path: string;
  /** What was read when it was planned; null: no such file. */
  before: Buffer | null;
  /** null: no such file any more. */
  after: Buffer | null;
  /** The permissions to give; null keeps those that are there. */
  mode: number | null;
}

/** Holds a key: nobody else may read it, not for an instant. */
export const SECRET_MODE = 0o600;

export type EditAction = 'create' | 'change' | 'delete' | 'protect';

export function actionOf({ before, after }: FileEdit): EditAction {
  if (after === null) return 'delete';
  if (before === null) return 'create';
  return before.equals(after) ? 'protect' : 'change';
}
