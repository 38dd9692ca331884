/** A request that is not OTLP. The message says what is wrong and where, and never holds what was sent. */
export class OtlpDecodeError extends Error {
  override readonly name = 'OtlpDecodeError';
  /** `resourceLogs[0].scopeLogs[0].logRecords[3]`; empty at the top. */
  readonly where: string;

  constructor(problem: string, where: string) {
    super(where === '' ? problem : `${problem} (${where})`);
    this.where = where;
  }
}

/** Where a decoder is, for its error messages. */
export class Place {
  resource = -1;
  scope = -1;
  record = -1;

  toString(): string {
    if (this.resource < 0) return '';
    const scope = this.scope < 0 ? '' : `.scopeLogs[${this.scope}]`;
    const record = this.record < 0 ? '' : `.logRecords[${this.record}]`;
    return `resourceLogs[${this.resource}]${scope}${record}`;
  }
}
