export type DateParameter = 'since' | 'from' | 'to' | 'tz' | 'date' | 'interval';

/** A date, a zone or a range that cannot be used. The message names the parameter and says what would do. */
export class DateError extends Error {
  override name = 'DateError';
  readonly parameter: DateParameter;

  constructor(parameter: DateParameter, message: string, options?: ErrorOptions) {
    super(`${parameter}: ${message}`, options);
    this.parameter = parameter;
  }
}

/** A stranger's text in an error message: short, and without what could confuse a terminal or a log. */
export const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
