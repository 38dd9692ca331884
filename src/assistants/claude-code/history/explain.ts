import { isMessageId, isRequestId } from '../../../usage/identity.ts';
import { agentTypeBeside } from './agent-type.ts';
import type { AnswerLine, SkipReason } from './answer-line.ts';
import type { CallRecord } from './call-record.ts';
import { recordId } from './call-record.ts';
import { readHead, startOf } from './file-start.ts';
import { holdsAny, linesWith } from './find-lines.ts';
import type { ExplainedCall, FileLines } from './record-rule.ts';
import { explainedCalls } from './record-rule.ts';
import type { SessionFile } from './session-files.ts';
import { parseSessionLine } from './session-line.ts';

/** A line that had a part in a record. */
export interface ExplainedLine {
  file: string;
  line: number;
  said: AnswerLine;
  /** What it gave, and why it belongs to the record. */
  why: string[];
}

export interface Explanation {
  id: string;
  record: CallRecord;
  lines: ExplainedLine[];
}

export interface Explained {
  records: Explanation[];
  /** Lines about the id that are no record of anything. */
  passedOver: { file: string; line: number; reason: SkipReason }[];
}

interface Place {
  file: string;
  line: number;
}

/**
 * Which lines of which files made the records of an id: a request's, a message's or a transaction's. `related`: ids
 * of the record, where a scan knows them. Reads plainly, and only the files that mention any of them.
 */
export async function explain(
  id: string,
  related: readonly string[],
  files: readonly SessionFile[],
): Promise<Explained> {
  let wanted = [...new Set([id, ...related])];
  for (;;) {
    const found = await readAbout(wanted, files);
    // An id may lead to lines that have others: the same answer under another request id, or without one.
    const more = [...new Set([...wanted, ...[...found.places.keys()].flatMap(ownIds)])];
    if (more.length > wanted.length) wanted = more;
    else return explained(id, found);
  }
}

interface Found {
  read: FileLines[];
  places: ReadonlyMap<AnswerLine, Place>;
  passedOver: Explained['passedOver'];
}

/** Ids by which the same call may be met elsewhere; calls inside an answer are written in the answer's lines. */
const ownIds = ({ messageId, requestId }: AnswerLine): string[] =>
  [messageId, requestId].flatMap((id) => (isMessageId(id) || isRequestId(id) ? [id.replace(/:.*/, '')] : []));

async function readAbout(wanted: readonly string[], files: readonly SessionFile[]): Promise<Found> {
  const places = new Map<AnswerLine, Place>();
  const passedOver: Found['passedOver'] = [];
  const read: FileLines[] = [];
  for (const file of files.filter((one) => holdsAny(one, wanted))) {
    const lines: AnswerLine[] = [];
    for (const { number, text } of await linesWith(file, wanted)) {
      const said = parseSessionLine(text.replace(/^\uFEFF/, ''));
      const place = { file: file.path, line: number };
      if (typeof said === 'string') passedOver.push({ ...place, reason: said });
      for (const one of Array.isArray(said) ? said : []) {
        lines.push(one);
        places.set(one, place);
      }
    }
    read.push({ file, startedMs: startOf(readHead(file)), agentType: agentTypeBeside(file.path), lines });
  }
  return { read, places, passedOver };
}

function explained(id: string, { read, places, passedOver }: Found): Explained {
  const names = ({ requestId, messageId, uuid }: AnswerLine): boolean => [requestId, messageId, uuid].includes(id);
  const records = explainedCalls(read)
    .map((call) => explanationOf(call, places))
    .filter(({ id: own, lines }) => own === id || lines.some(({ said }) => names(said)));
  return { records, passedOver };
}

function explanationOf(call: ExplainedCall, places: ReadonlyMap<AnswerLine, Place>): Explanation {
  const lines = call.members.flatMap((said) => {
    const place = places.get(said);
    if (!place) return [];
    const isCopy = place.file !== places.get(call.leader)?.file && !said.sidechain;
    return [{ ...place, said, why: [...reasonsOf(said, call), ...(isCopy ? ['a copy, from a fork or resume'] : [])] }];
  });
  return { id: recordId(call.record), record: call.record, lines };
}

function reasonsOf(said: AnswerLine, { record, leader, output, cacheWrite, members }: ExplainedCall): string[] {
  const reasons: (string | false)[] = [
    said === leader && 'says who and where',
    said === output && `its output count stands${said.complete ? '' : ', though it does not know the end'}`,
    said === cacheWrite && members.length > 1 && 'its cache split stands',
    said.atMs === record.atMs && 'dates the call',
    said.sessionId !== record.sessionId && `under session ${said.sessionId ?? '–'}`,
    said.requestId === null && record.requestId !== null && 'known by its message id, it has no request id',
    said.requestId !== null && said.requestId !== record.requestId && isMessageId(said.messageId)
      ? `the same answer under another request id, ${said.requestId}`
      : false,
    said.sidechain && leader !== said && !leader.sidechain && 'repeated outside the main conversation',
  ];
  return reasons.filter((reason) => reason !== false);
}
