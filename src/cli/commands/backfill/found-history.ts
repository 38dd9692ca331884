import type { ImportSummary } from '../../../assistants/import-totals.ts';
import type { AssistantSetup } from '../../../setup/assistant-setup.ts';
import type { Context } from '../../context.ts';
import type { DeliverySettings } from './settings.ts';
import type { Shipment } from './shipment.ts';
import type { AskedSpan } from './span.ts';

/** What an assistant has written down on this machine, read, and cut to the span that was asked for. */
export interface FoundHistory {
  files: number;
  bytes: number;
  /** Files and folders that are there and could not be read; each was named. */
  unread: number;
  /** Lines that are no record, by reason. */
  skipped: Readonly<Record<string, number>>;
  summarize: (summary: ImportSummary) => void;
  /** All its records, oldest first. */
  shipments: (settings: DeliverySettings, includeProject: boolean) => Shipment[];
}

/** An assistant whose history can be imported. */
export interface HistorySource {
  assistant: AssistantSetup;
  /** What the reasons in `skipped` mean. */
  reasons: Readonly<Record<string, string>>;
  /** `stateFolder`: where it may remember what it has read. */
  read: (
    span: AskedSpan,
    stateFolder: string,
    onProgress: (doneBytes: number) => void,
    context: Context,
  ) => Promise<FoundHistory>;
}
