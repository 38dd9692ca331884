import type { LogRecord, Rejected } from '../otlp/log-record.ts';
import { reject } from '../otlp/log-record.ts';
import { RejectedRecord } from '../otlp/values.ts';
import { claudeCodeTelemetry } from './claude-code/telemetry.ts';
import { claudeCoworkTelemetry } from './claude-cowork/telemetry.ts';
import { cursorTelemetry } from './cursor/telemetry.ts';
import { geminiTelemetry } from './gemini-cli/telemetry.ts';
import { testRecordTelemetry } from './test-record.ts';
import type { Observations, TelemetryReader } from './telemetry.ts';

/** Every assistant whose records are read; the first that knows a record reads it. */
const READERS: readonly TelemetryReader[] = [
  claudeCoworkTelemetry,
  claudeCodeTelemetry,
  geminiTelemetry,
  cursorTelemetry,
  testRecordTelemetry,
];

export interface Observed extends Required<Observations> {
  rejected: Rejected;
  /** Records that say nothing of use. */
  ignored: number;
}

/** What decoded records say, for one organisation. A record that cannot be used does not touch the others. */
export function eventsOf(records: readonly LogRecord[], org: string): Observed {
  const observed: Observed = {
    events: [],
    activities: [],
    snapshots: [],
    rejected: { count: 0, reasons: [] },
    ignored: 0,
  };
  for (const record of records) {
    const reader = READERS.find((candidate) => candidate.reads(record));
    try {
      const { events, activities, snapshots = [] } = reader?.read(record, org) ?? NOTHING;
      if (events.length + activities.length + snapshots.length === 0) observed.ignored += 1;
      observed.events.push(...events);
      observed.activities.push(...activities);
      observed.snapshots.push(...snapshots);
    } catch (error) {
      if (!(error instanceof RejectedRecord)) throw error;
      reject(observed.rejected, error.message);
    }
  }
  return observed;
}

const NOTHING: Observations = { events: [], activities: [] };
