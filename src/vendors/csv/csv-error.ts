import { Failure } from '../../errors.ts';

/** A file that cannot be imported at all. */
export class CsvError extends Failure {}

/** What is wrong with one row, which is left out. Names columns, never quotes what is in them. */
export class RowProblem extends Error {
  override readonly name = 'RowProblem';
}
