import { crc32 } from 'node:zlib';
import { billedTokens } from '../../../assistants/gemini-cli/call.ts';
import { findChatFiles } from '../../../assistants/gemini-cli/history/chat-files.ts';
import type { ChatCall } from '../../../assistants/gemini-cli/history/chat-history.ts';
import { chatCallId, chatUsage, readChats } from '../../../assistants/gemini-cli/history/chat-history.ts';
import { CHAT_SKIP_REASONS } from '../../../assistants/gemini-cli/history/chat-line.ts';
import { geminiRecord, geminiResource } from '../../../assistants/gemini-cli/record.ts';
import { geminiCliSetup } from '../../../assistants/gemini-cli/setup.ts';
import type { CountedCall } from '../../../assistants/import-totals.ts';
import type { OutgoingRecord } from '../../../otlp/encode-request.ts';
import { DAY_MS } from '../../../usage/days.ts';
import { notice } from '../../output.ts';
import type { HistorySource } from '../backfill/found-history.ts';
import type { DeliverySettings } from '../backfill/settings.ts';
import type { Item, Shipment } from '../backfill/shipment.ts';

/** The chats of Gemini CLI; few and short, as it keeps them for 30 days. */
export const geminiHistory: HistorySource = {
  assistant: geminiCliSetup,
  reasons: CHAT_SKIP_REASONS,
  read: async ({ sinceMs, toMs }, _stateFolder, _onProgress, context) => {
    const found = findChatFiles(geminiCliSetup.folder(context));
    // A day's margin: files are dated by another clock than calls.
    const files = found.files.filter(({ modifiedMs }) => sinceMs === null || modifiedMs >= sinceMs - DAY_MS);
    const read = readChats(files);
    const problems = [...found.problems, ...read.problems];
    for (const problem of problems) notice(context, `not read: ${problem}`);
    const within = ({ atMs }: ChatCall): boolean =>
      (sinceMs === null || atMs >= sinceMs) && (toMs === null || atMs < toMs);
    const calls = read.calls.filter(within);
    return {
      files: files.length,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      unread: problems.filter((problem) => !/: E(?:NOENT|LOOP)$/.test(problem)).length,
      skipped: read.skipped,
      summarize: (summary) => {
        for (const call of calls) summary.add(countedCall(call), call.project);
      },
      shipments: (settings, includeProject) => [shipmentOf(calls, settings, includeProject)],
    };
  },
};

const countedCall = ({ tokens, atMs, model, lines }: ChatCall): CountedCall => ({
  assistant: 'gemini-cli',
  granularity: 'call',
  ...billedTokens(tokens),
  ...{ cacheWrite5mTokens: 0, cacheWrite1hTokens: 0, webSearches: null },
  ...{ speed: null, serviceTier: null, inferenceGeo: null },
  ...{ atMs, model, lines },
  partial: tokens.input + tokens.output + tokens.thoughts === 0,
});

function shipmentOf(calls: readonly ChatCall[], settings: DeliverySettings, includeProject: boolean): Shipment {
  const resource = geminiResource(settings);
  const items = calls.map((call): Item => {
    const id = chatCallId(call);
    const project = includeProject ? call.project : null;
    const record: OutgoingRecord = geminiRecord(chatUsage(call), { transactionId: id, project, repository: null });
    // 52 bits of the id.
    return {
      key: parseInt(id.slice(0, 13), 16),
      fingerprint: crc32(JSON.stringify([record, resource])),
      record: () => record,
    };
  });
  return { resource, items };
}
