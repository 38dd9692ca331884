import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../../../src/cli/context.ts';
import { runBinary } from '../../../../src/cli/run.ts';
import type { RankedUser } from '../../../../src/vendors/leaderboard/rank.ts';
import { testContext } from '../../../support/context.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import type { ThreeVendors } from '../../../support/three-vendors.ts';
import { KEYS, TODAY, threeVendors } from '../../../support/three-vendors.ts';

interface Setting {
  env?: Record<string, string>;
  io?: Partial<Io>;
  cwd?: string;
}

async function run(vendors: ThreeVendors, args: string[], { env = KEYS, io = {}, cwd = tempDir() }: Setting = {}) {
  const context = testContext({ env: { ...vendors.env, ...env }, io, cwd, fetch, ...clock(TODAY + 43_200_000) });
  const code = await runBinary('revenium-leaderboard', args, context);
  return { code, out: context.io.stdout.text, err: context.io.stderr.text };
}

/** A clock that sleeping moves, so that limits per minute are kept in no time. */
function clock(startMs: number) {
  let nowMs = startMs;
  const sleep = async (ms: number): Promise<void> => {
    nowMs += ms;
  };
  return { now: () => nowMs, sleep };
}

const widthOf = (line: string): number => line.replace(/\u001b\[\d+m/g, '').length;

describe('the leaderboard', () => {
  it.each([
    ['80 columns', { stdoutTTY: true, columns: 80 }],
    ['80 columns in colour', { stdoutTTY: true, columns: 80, color: true }],
    ['120 columns', { stdoutTTY: true, columns: 120 }],
    ['120 columns in colour', { stdoutTTY: true, columns: 120, color: true }],
    ['a pipe', { stdoutTTY: false, columns: 80 }],
  ])('looks as it should: %s', async (name, io) => {
    const { code, out, err } = await run(await threeVendors(), [], { io });
    expect([code, err]).toEqual([
      0,
      'note: OpenAI: no price is known for some-model-of-tomorrow; their cost is missing\n',
    ]);
    await expect(out).toMatchFileSnapshot(`golden/${name.replaceAll(' ', '-')}.txt`);
    if (io.stdoutTTY) expect(Math.max(...out.split('\n').map(widthOf))).toBeLessThanOrEqual(io.columns);
  });

  it.each([20, 30, 40, 50, 60, 70, 100])('fits %i columns', async (columns) => {
    const { out } = await run(await threeVendors(), [], { io: { stdoutTTY: true, columns } });
    expect(Math.max(...out.split('\n').map(widthOf))).toBeLessThanOrEqual(Math.max(columns, 43));
    expect(out).toContain('127.40');
  });

  it('adds up what each vendor says, by person', async () => {
    const { out } = await run(await threeVendors(), ['--json', '--sort', 'tokens']);
    const people = JSON.parse(out) as RankedUser[];
    expect(people.map(({ rank, user }) => [rank, user])).toEqual([
      [1, 'ada@acme.com'],
      [2, 'grace.hopper@acme.com'],
      [3, 'user-gone'],
      [4, 'key_abc'],
      [5, 'build-server'],
      [6, 'a-very-long-name-that-fits-nowhere@subsidiary.acme.example.com'],
    ]);
    const ada = people.find(({ user }) => user === 'ada@acme.com');
    // Two rows of one day at Claude, 40 events of 21.36232 cents at Cursor.
    expect(ada).toEqual({
      rank: 1,
      user: 'ada@acme.com',
      requests: 48,
      tokens: 2_140_000 + 40 * (126 + 450 + 6112 + 11_964),
      costMicros: 127_400_000 + 40 * 213_623,
      tools: [
        { tool: 'Claude', requests: 8, tokens: 2_140_000, costMicros: 127_400_000 },
        { tool: 'Cursor', requests: 40, tokens: 40 * 18_652, costMicros: 40 * 213_623 },
      ],
    });
    const grace = people.find(({ user }) => user === 'grace.hopper@acme.com');
    // Ten days: 46,201 × $2 + 90,000 × $0.10 + 5,000 × $2.50 + 9,756 × $10, a million tokens each.
    expect(grace?.tools.find(({ tool }) => tool === 'OpenAI')).toEqual({
      tool: 'OpenAI',
      requests: 4700,
      tokens: 1_509_570,
      costMicros: 10 * (92_402 + 9000 + 12_500 + 97_560),
    });
    // No price is known: not zero.
    expect(people.find(({ user }) => user === 'user-gone')?.costMicros).toBeNull();
  });

  it.each(['requests', 'tokens', 'cost'] as const)('sorts by %s', async (sort) => {
    const { out } = await run(await threeVendors(), ['--json', '--sort', sort]);
    const values = (JSON.parse(out) as RankedUser[]).map((one) =>
      sort === 'cost' ? (one.costMicros ?? -1) : one[sort],
    );
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  });

  it('is CSV, and as short as asked', async () => {
    const { out } = await run(await threeVendors(), ['--csv', '--limit', '2', '--sort', 'cost']);
    expect(out).toBe(
      'rank,user,requests,tokens,costMicros,tools\r\n' +
        `1,ada@acme.com,48,2886080,${127_400_000 + 40 * 213_623},"Claude, Cursor"\r\n` +
        '2,grace.hopper@acme.com,4701,2559570,2619620,"OpenAI, Claude"\r\n',
    );
  });

  it('asks for whole days, and says where Cursor ends', async () => {
    const vendors = await threeVendors();
    const { out, err } = await run(vendors, ['--days', '120', '--json']);
    const days = vendors.asked
      .filter((path) => path.includes('claude_code'))
      .map((path) => /starting_at=([\d-]+)/.exec(path)?.[1]);
    expect([days.length, days.toSorted()[0], days.toSorted().at(-1)]).toEqual([120, '2026-07-25', '2026-11-21']);
    expect(err).toContain('note: Cursor: only the last 90 days, older events it does not give\n');
    expect(out).toContain('old@acme.com');
    expect(out).not.toContain('older@acme.com');
  });
});

describe('a vendor', () => {
  it('without a key is left out, and said to be', async () => {
    const { CURSOR_ADMIN_API_KEY } = KEYS;
    const { code, out, err } = await run(await threeVendors(), [], { env: { CURSOR_ADMIN_API_KEY } });
    expect(code).toBe(0);
    expect(out).toContain('ada@acme.com');
    expect(err).toBe(
      'note: Claude is left out: ANTHROPIC_ADMIN_API_KEY is not set\n' +
        'note: OpenAI is left out: OPENAI_ORG_API_KEY is not set\n',
    );
  });

  it('that fails is left out, and the others are ranked', async () => {
    const vendors = await threeVendors();
    vendors.broken.add('anthropic');
    const { code, out, err } = await run(vendors, []);
    expect(code).toBe(0);
    expect(out).not.toContain('Claude');
    expect(err).toContain('warning: Claude is left out: Anthropic answered 401');
    expect(err).toContain('Admin API key');
    expect(err).not.toContain(KEYS.ANTHROPIC_ADMIN_API_KEY);
  });

  it('may have the key in .env, which the environment goes before', async () => {
    const cwd = tempDir();
    writeFileSync(
      path.join(cwd, '.env'),
      'CURSOR_ADMIN_KEY="crsr_from_file"\nCURSOR_TEAM_SLUG=acme\nCURSOR_API_BASE_URL=http://127.0.0.1:1\n',
    );
    const { code, out, err } = await run(await threeVendors(), ['--json'], { env: {}, cwd });
    expect([code, (JSON.parse(out) as RankedUser[]).length]).toEqual([0, 2]);
    expect(err).toContain('CURSOR_TEAM_SLUG is not needed any more');
  });
});

describe('nothing', () => {
  it('to ask with is wrong usage', async () => {
    const { code, out, err } = await run(await threeVendors(), [], { env: {} });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/no key of any vendor.*\n.*ANTHROPIC_ADMIN_API_KEY, OPENAI_ORG_API_KEY, CURSOR_ADMIN_API_KEY/);
  });

  it('from any vendor is a failure', async () => {
    const vendors = await threeVendors();
    for (const vendor of ['anthropic', 'openai', 'cursor'] as const) vendors.broken.add(vendor);
    const { code, out, err } = await run(vendors, ['--json']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('error: no vendor gave its usage');
  });

  it('in the time is said', async () => {
    const { CURSOR_ADMIN_API_KEY } = KEYS;
    const vendors = await threeVendors();
    const setting = { env: { CURSOR_ADMIN_API_KEY } };
    const context = testContext({
      env: { ...vendors.env, ...setting.env },
      cwd: tempDir(),
      fetch,
      ...clock(TODAY + 400 * 86_400_000),
    });
    expect(await runBinary('revenium-leaderboard', ['--days', '1'], context)).toBe(0);
    expect(context.io.stdout.text).toBe('AI Coding Usage Leaderboard (Last day)\n\nNo usage in this time.\n');
  });

  it.each([
    ['--days', '0'],
    ['--days', '366'],
    ['--limit', 'x'],
    ['--sort', 'name'],
  ])('but sense will do for %s %s', async (...args) => {
    expect((await run(await threeVendors(), args)).code).toBe(2);
  });
});
