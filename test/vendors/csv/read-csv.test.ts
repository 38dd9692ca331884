import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvError } from '../../../src/vendors/csv/csv-error.ts';
import type { ImportedUsage } from '../../../src/vendors/csv/read-csv.ts';
import {
  CONSOLE_HEADER,
  CURSOR_HEADERS,
  OLD_CONSOLE_HEADER,
  SPEND_HEADER,
  cursorLine,
  readAll,
  teamFile,
} from '../../support/csv-files.ts';

const cursorRows = (usages: readonly ImportedUsage[]) =>
  usages.flatMap((usage) => (usage.kind === 'cursor' ? [{ ...usage.row, occurrence: usage.occurrence }] : []));
const observed = (usages: readonly ImportedUsage[]) =>
  usages.flatMap((usage) => (usage.kind === 'observed' ? [usage.input] : []));

describe("Cursor's file", () => {
  it('of today is read as its API tells it', async () => {
    const file = teamFile(
      '"2026-11-19T13:43:32.345Z","Ada@Acme.com","bc-5f0a","","On-Demand","claude-4.5-sonnet-thinking","Yes","6112","126","11964","450","18652","0.21"',
      '"2026-11-19T13:13:20.111Z","ada@acme.com","","","Included","auto","No","0","5310","20480","812","26602","Included"',
    );
    const { usages, problems } = await readAll(file);
    expect(problems).toEqual([]);
    expect(cursorRows(usages)).toEqual([
      {
        atMs: 1_795_095_812_345,
        who: 'ada@acme.com',
        model: 'claude-4.5-sonnet-thinking',
        kind: 'On-Demand',
        conversationId: null,
        cloudAgentId: 'bc-5f0a',
        inputTokens: 126,
        outputTokens: 450,
        cacheReadTokens: 11_964,
        cacheWriteTokens: 6112,
        reportedMicros: 210_000,
        chargedMicros: 210_000,
        feeMicros: null,
        billedMicros: 210_000,
        occurrence: 0,
      },
      expect.objectContaining({ model: 'default', reportedMicros: null, billedMicros: null, cacheReadTokens: 20_480 }),
    ]);
  });

  it.each([
    ['olderTeam', '2026-11-19T10:00:00.000Z,ada@acme.com,Included,gpt-5,No,5,10,20,30,65,$0.12'],
    ['personal', '2026-11-19T10:00:00.000Z,Included,gpt-5,No,5,10,20,30,65,0.12'],
    ['requests', '2026-11-19T10:00:00.000Z,,,Included,gpt-5,No,5,10,20,30,65,1.4'],
    ['dollars', '2026-11-19T10:00:00.000Z,ada@acme.com,Included,No,gpt-5,5,10,20,30,65,0.12'],
  ] as const)('with the %s header is read by the names of its columns', async (name, line) => {
    const { usages, problems } = await readAll(`${CURSOR_HEADERS[name]}\n${line}\n`, { user: 'ada@acme.com' });
    expect(problems).toEqual([]);
    expect(cursorRows(usages)).toEqual([
      expect.objectContaining({
        who: 'ada@acme.com',
        model: 'gpt-5',
        cacheWriteTokens: 5,
        inputTokens: 10,
        cacheReadTokens: 20,
        outputTokens: 30,
        reportedMicros: name === 'requests' ? null : 120_000,
      }),
    ]);
  });

  it('that names nobody is refused until the user is said', async () => {
    await expect(readAll(`${CURSOR_HEADERS.personal}\n`)).rejects.toThrow(/whose usage/);
  });

  it.each([
    ['written and uncached apart', 6112, 126, 11_964, 450, 18_652, 6112, 126, {}],
    ['written tokens within the first column', 1200, 1000, 5000, 300, 6500, 200, 1000, {}],
    ['a total of neither', 10, 20, 30, 40, 7, 10, 20, { 'totals-differ': 1 }],
  ])(
    'tells what its input columns mean by the total: %s',
    async (_, w, wo, read, out, total, write, input, remarks) => {
      const line = `2026-11-19T10:00:00.000Z,a@x.y,,,Included,m,No,${w},${wo},${read},${out},${total},-`;
      const all = await readAll(teamFile(line));
      expect(cursorRows(all.usages)).toEqual([
        expect.objectContaining({
          cacheWriteTokens: write,
          inputTokens: input,
          cacheReadTokens: read,
          outputTokens: out,
        }),
      ]);
      expect(all.remarks).toEqual(remarks);
    },
  );

  it('has a row once however often it stands there, and rows alike each', async () => {
    const [one, other] = [cursorLine({ output: 10 }), cursorLine({ output: 11 })];
    const apart = cursorLine({ date: '2026-11-19T13:43:32.346Z' });
    const { usages, duplicates, rows } = await readAll(teamFile(one, other, one, apart, one, other));
    expect([rows, duplicates]).toEqual([6, 3]);
    const found = cursorRows(usages).map(({ atMs, outputTokens, occurrence }) => [
      atMs % 1000,
      outputTokens,
      occurrence,
    ]);
    expect(found).toEqual([
      [345, 10, 0],
      [345, 11, 1],
      [346, 10, 0],
    ]);
  });
});

describe("the Console's file", () => {
  it('is read by day, key and model', async () => {
    const { usages, problems } = await readAll(
      `${CONSOLE_HEADER}\n2026-11-19,claude-opus-5-5,claude_code_key_ada_dgkx,Default,Batch,≤ 200k,46981,15969,7,2000,16932,3,US,fast\n`,
      { actorOfKey: (name) => (name === 'claude_code_key_ada_dgkx' ? 'email:ada@acme.com' : 'nobody') },
    );
    expect(problems).toEqual([]);
    expect(observed(usages)).toEqual([
      expect.objectContaining({
        assistant: 'claude-code',
        granularity: 'day',
        reporter: 'anthropic-csv',
        atMs: Date.UTC(2026, 10, 19, 12),
        actor: 'email:ada@acme.com',
        model: 'claude-opus-5-5',
        inputTokens: 46_981,
        cacheWrite5mTokens: 15_969,
        cacheWrite1hTokens: 7,
        cacheReadTokens: 2000,
        outputTokens: 16_932,
        webSearches: 3,
        serviceTier: 'batch',
        inferenceGeo: 'us',
        speed: 'fast',
        billing: 'metered',
      }),
    ]);
  });

  it('of an older header is the same rows', async () => {
    const old = await readAll(`${OLD_CONSOLE_HEADER}\n2026-11-19,m,key,Default,standard,≤ 200k,1,2,3,4,0\n`);
    const now = await readAll(
      `${CONSOLE_HEADER}\n2026/11/19,m,key,Default,standard,≤ 200k,1,2,0,3,4,0,not_available,\n`,
    );
    const [one] = observed(old.usages);
    expect(observed(now.usages)[0]?.id).toBe(one?.id);
    expect(one).toMatchObject({ cacheWrite5mTokens: 2, cacheWrite1hTokens: 0, splitKnown: false });
  });

  it('says when a row comes again with other figures', async () => {
    const line = (tokens: number): string => `2026-11-19,m,key,Default,standard,≤ 200k,${tokens},0,0,0,0,0,,`;
    const all = await readAll([CONSOLE_HEADER, line(1), line(2), line(2)].join('\n'));
    expect([all.duplicates, all.remarks]).toEqual([0, { repeated: 2 }]);
  });
});

describe("Claude's spend report", () => {
  const line = 'Ada@Acme.com,uuid-1,Claude Code,claude_opus_5_5,10,1000,101,1.000001,2.50';
  const period = { fromDay: 20_776, toDay: 20_779 };

  it('is refused until its dates are said', async () => {
    await expect(readAll(`${SPEND_HEADER}\n${line}\n`)).rejects.toThrow(/which days/);
  });

  it('is divided among its days, exactly', async () => {
    const all = await readAll(`${SPEND_HEADER}\n${line}\nada@acme.com,uuid-1,Chat,m,1,1,1,0,0\n`, { period });
    expect(all.remarks).toEqual({ 'other-products': 1 });
    const days = observed(all.usages);
    expect(days.map(({ atMs }) => new Date(atMs).toISOString())).toEqual([
      '2026-11-19T12:00:00.000Z',
      '2026-11-20T12:00:00.000Z',
      '2026-11-21T12:00:00.000Z',
    ]);
    const sum = (of: (day: (typeof days)[number]) => number | null | undefined): number =>
      days.reduce((total, day) => total + (of(day) ?? 0), 0);
    expect(sum((day) => day.requests)).toBe(10);
    expect(sum((day) => day.inputTokens)).toBe(1000);
    expect(sum((day) => day.outputTokens)).toBe(101);
    expect(sum((day) => day.billedMicros)).toBe(1_000_001);
    expect(sum((day) => day.reportedMicros)).toBe(2_500_000);
    expect(new Set(days.map(({ actor }) => actor))).toEqual(new Set(['email:ada@acme.com']));
  });

  it('of an overlapping period speaks of the same days', async () => {
    const [first, second] = await Promise.all([
      readAll(`${SPEND_HEADER}\n${line}\n`, { period }),
      readAll(`${SPEND_HEADER}\n${line}\n`, { period: { fromDay: period.fromDay, toDay: period.fromDay + 1 } }),
    ]);
    expect(observed(second.usages)[0]?.id).toBe(observed(first.usages)[0]?.id);
  });
});

describe('a file as it comes', () => {
  const plain = teamFile(
    cursorLine({}),
    cursorLine({ date: '2026-11-19T13:00:00.000Z', kind: 'On-Demand', cost: '1.25' }),
    cursorLine({ user: 'o"neil@acme.com'.replaceAll('"', '""'), model: 'Opus 5\n(Auto Balanced)' }),
  );

  it.each([
    ['with a byte order mark', Buffer.from(`\uFEFF${plain}`)],
    ['in UTF-16', Buffer.from(`\uFEFF${plain}`, 'utf16le')],
    ['with Windows line ends', Buffer.from(plain.replaceAll('\n', '\r\n'))],
    ['with old Mac line ends', Buffer.from(plain.replace('5\n(', '5 (').replaceAll('\n', '\r'))],
    ['without a last line end', Buffer.from(plain.trimEnd())],
    ['with empty lines', Buffer.from(plain.replaceAll('"\n"', '"\n\n,,,,\n"'))],
    ['after a title and sep=', Buffer.from(`sep=,\nUsage of Acme\n\n${plain}`)],
    ['padded by a spreadsheet', Buffer.from(plain.replaceAll(/"\n"/g, '",,\n"'))],
    [
      'with semicolons and decimal commas',
      Buffer.from(
        plain
          .replaceAll(/(?<=[\w"]|\))","?(?=")|,(?=")/g, (m) => m.replace(',', ';'))
          .replace(CURSOR_HEADERS.team, CURSOR_HEADERS.team.replaceAll(',', ';'))
          .replace('1.25', '1,25'),
      ),
    ],
    [
      'with tabs',
      Buffer.from(
        plain.replaceAll('","', '"\t"').replace(CURSOR_HEADERS.team, CURSOR_HEADERS.team.replaceAll(',', '\t')),
      ),
    ],
  ])('%s is the same', async (_, content) => {
    const expected = await readAll(plain);
    expect(expected.usages).toHaveLength(3);
    const found = await readAll(content);
    expect(found.problems).toEqual([]);
    expect(found.usages).toEqual(expected.usages);
  });

  it('is the same in pieces of any size', async () => {
    const content = Buffer.from(`\uFEFF${plain.replaceAll('\n', '\r\n').replace('ada', 'ädå')}`);
    const whole = await readAll(content);
    for (const size of [1, 2, 3, 5, 64, 1000]) expect((await readAll(content, {}, size)).usages).toEqual(whole.usages);
  });

  it('names columns that are not read', async () => {
    const { file } = await readAll(`${CURSOR_HEADERS.team},Mood\n`);
    expect(file.unread).toEqual(['Mood']);
  });

  it.each([
    ['', /empty/],
    ['\n\n', /empty/],
    ['a,b,c\n1,2,3\n', /no known kind/],
    ['{"json": true}\n', /no known kind/],
    ['PK\u0003\u0004rest of a workbook', /workbook/],
    ['x'.repeat(3_000_000), /no known kind/],
  ])('that is none is refused: %#', async (content, why) => {
    await expect(readAll(content)).rejects.toThrow(why);
    await expect(readAll(content)).rejects.toBeInstanceOf(CsvError);
  });
});

describe('a broken file', () => {
  it('gives its good rows, and its bad ones by line', async () => {
    const good = [1, 2, 3, 4, 5].map((n) => cursorLine({ output: n }));
    const file = teamFile(
      good[0] ?? '',
      '2026-11-19,ada,1',
      good[1] ?? '',
      cursorLine({ output: 7 }).replace('"Included"', '"Included'),
      good[2] ?? '',
      cursorLine({ date: '11/19/2026' }),
      cursorLine({ date: '3/4/2026 10:00' }),
      cursorLine({ output: 8 }).replace('"100"', '"=1+1"'),
      cursorLine({ user: '=cmd|calc' }),
      cursorLine({ output: -9 }),
      cursorLine({ output: 9, cost: '12.x' }),
      cursorLine({ date: '2031-01-01T00:00:00.000Z' }),
      `${good[3] ?? ''}`,
      'x'.repeat(1_100_000),
      good[4] ?? '',
    );
    const { usages, problems, rows } = await readAll(file);
    expect(
      cursorRows(usages)
        .map(({ outputTokens }) => outputTokens)
        .sort(),
    ).toEqual([1, 2, 3, 4, 5]);
    expect(rows).toBe(15);
    expect(problems.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '3 it has 3 cells where the header has 13',
      '5 a quote in it is not closed',
      '7 Date has no time of day, so that the row cannot be told from others of its day',
      '8 Date does not tell the day from the month; write it as 2026-03-29',
      '9 Input (w/o Cache Write) holds a formula, not its result',
      '10 User holds a formula, not its result',
      '11 Output Tokens is negative',
      '12 Cost is no amount of dollars',
      '13 Date lies in the future',
      '15 the line is longer than a megabyte',
    ]);
  });

  it('loses one row to a quote that is never closed, wherever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 199 }), fc.integer({ min: 0, max: 12 }), async (at, cell) => {
        const lines = Array.from({ length: 200 }, (_, n) => cursorLine({ output: n }));
        const cells = (lines[at] ?? '').split(',');
        cells[cell] = (cells[cell] ?? '').replace(/"$/, '');
        lines[at] = cells.join(',');
        const { usages, problems } = await readAll(teamFile(...lines));
        expect([usages.length, problems.map(({ line }) => line)]).toEqual([199, [at + 2]]);
      }),
      { numRuns: 40 },
    );
  });

  it('never does more than be refused or read', async () => {
    const bits = fc.constantFrom(
      '"',
      ',',
      '\n',
      '\r',
      ';',
      '=',
      '0',
      '2026-11-19T13:43:32.345Z',
      'ada@acme.com',
      '\u0000',
      'é',
      cursorLine({}),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bits, { maxLength: 60 }), fc.integer({ min: 1, max: 50 }), async (parts, size) => {
        const { rows, usages, problems, duplicates } = await readAll(teamFile(parts.join('')), {}, size);
        expect(usages.length + problems.length + duplicates).toBe(rows);
      }),
      { numRuns: 200 },
    );
  });
});
