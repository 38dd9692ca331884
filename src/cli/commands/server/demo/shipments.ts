import type { Outgoing, OutgoingRecord } from '../../../../otlp/encode-request.ts';
import { DAY_MS } from '../../../../usage/days.ts';
import { claudeRecords } from './claude.ts';
import type { DemoPerson } from './company.ts';
import { DEMO_PEOPLE } from './company.ts';
import { cursorRecords, geminiRecords } from './other-assistants.ts';
import type { DemoSession } from './workday.ts';
import { DEMO_DAYS, sessionsOn } from './workday.ts';

/** Records of one person and assistant. */
export interface DemoShipment {
  resource: Outgoing;
  records: readonly OutgoingRecord[];
}

/** Everything that Halden Instruments did until now; made twice in a day, it is the same up to the later moment. */
export function* demoShipments(nowMs: number, people: readonly DemoPerson[] = DEMO_PEOPLE): Generator<DemoShipment> {
  for (const person of people) {
    const labels = { 'user.email': person.email, 'organization.name': person.department, 'product.name': person.team };
    const claude = person.seats.find(({ assistant }) => assistant === 'claude-code');
    if (claude)
      yield {
        resource: { ...labels, 'service.name': 'claude-code', CLAUDE_CODE_SUBSCRIPTION_TIER: claude.tier },
        records: recordsOf(person, 'claude-code', nowMs, (session, key, daysAgo) =>
          claudeRecords(person, session, key, daysAgo),
        ),
      };
    const cursor = person.seats.find(({ assistant }) => assistant === 'cursor');
    if (cursor)
      yield {
        resource: {
          'organization.name': person.department,
          'service.name': 'cursor',
          CURSOR_SUBSCRIPTION_TIER: cursor.tier,
        },
        records: recordsOf(person, 'cursor', nowMs, (session) => cursorRecords(person, session)),
      };
    if (person.metered.includes('gemini-cli'))
      yield {
        resource: { ...labels, 'service.name': 'gemini-cli' },
        records: recordsOf(person, 'gemini-cli', nowMs, (session, key) => geminiRecords(person, session, key)),
      };
    if (person.metered.includes('claude-cowork'))
      yield {
        resource: { ...labels, 'service.name': 'cowork' },
        records: recordsOf(person, 'claude-cowork', nowMs, (session, key, daysAgo) =>
          claudeRecords(person, session, key, daysAgo),
        ),
      };
  }
}

function recordsOf(
  person: DemoPerson,
  assistant: string,
  nowMs: number,
  make: (session: DemoSession, key: string, daysAgo: number) => OutgoingRecord[],
): OutgoingRecord[] {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const days = Array.from({ length: DEMO_DAYS }, (_, back) => today - (DEMO_DAYS - 1 - back) * DAY_MS);
  return days
    .flatMap((dayMs) =>
      sessionsOn(person, assistant, dayMs, nowMs).flatMap((session, s) =>
        make(session, `${person.email} ${assistant} ${dayMs} ${s}`, Math.floor((today - dayMs) / DAY_MS)),
      ),
    )
    .filter(({ atMs }) => atMs <= nowMs);
}
