import { describe, expect, it } from 'vitest';
import { createPriceBook } from '../../src/usage/pricing.ts';
import { ANTHROPIC } from '../../src/vendors/anthropic/admin-api.ts';
import { claudeCodeDays, claudeCodeFigures } from '../../src/vendors/anthropic/claude-code-days.ts';
import { readClaudeCodeDay } from '../../src/vendors/anthropic/claude-code-report.ts';
import { readCosts as readAnthropicCosts } from '../../src/vendors/anthropic/cost-report.ts';
import { keyOwners } from '../../src/vendors/anthropic/key-owners.ts';
import { messagesDays } from '../../src/vendors/anthropic/messages-days.ts';
import { readMessages } from '../../src/vendors/anthropic/messages-report.ts';
import { readKeys, readUsers } from '../../src/vendors/anthropic/people.ts';
import { dayState } from '../../src/vendors/day-usage.ts';
import type { DayUsage } from '../../src/vendors/day-usage.ts';
import { OPENAI } from '../../src/vendors/openai/admin-api.ts';
import { readCompletions } from '../../src/vendors/openai/completions-usage.ts';
import { readCosts as readOpenAiCosts } from '../../src/vendors/openai/costs.ts';
import { openAiDays } from '../../src/vendors/openai/usage-days.ts';
import { readUsers as readOpenAiUsers } from '../../src/vendors/openai/users.ts';
import { ANTHROPIC_KEY, AnthropicApi } from '../support/anthropic-api.ts';
import { OPENAI_KEY, OpenAiApi } from '../support/openai-api.ts';
import { SleepingClock, listening, vendorClient } from '../support/vendor-client.ts';

/** Rows as the vendors' documentation shows them; figures beside them are worked out by hand. */

const NOW = Date.UTC(2026, 10, 20, 12);
/** 2026-11-19 */
const DAY = 20_776;
const DAYS = { from: DAY, to: DAY + 1 };

const prices = createPriceBook();
const listMicros = (usage: DayUsage): number | null =>
  prices.valuesOf(dayState(usage, { org: 'acme', source: 'report', snapshotMs: NOW })).listMicros;

async function anthropic() {
  const server = await listening(new AnthropicApi(() => NOW));
  return { server, api: vendorClient(ANTHROPIC, server, ANTHROPIC_KEY, new SleepingClock(NOW)) };
}

const KEY = 'apikey_01Rj2N8SVvo6BePZj99NhmiT';
const USER = 'user_01WCz1FkmYMm4gnmykNKUu3Q';
const key = {
  id: KEY,
  type: 'api_key',
  name: 'claude_code_key_ada.lovelace_dgkx',
  created_by: { id: USER, type: 'user' },
  principal: { id: USER, type: 'user' },
  status: 'active',
  workspace_id: null,
};
const user = { id: USER, type: 'user', email: 'Ada@Example.com', name: 'Ada', role: 'claude_code_user' };

describe("Anthropic's Claude Code report", () => {
  it('is cents, four kinds of tokens, and sessions that count once', async () => {
    const { server, api } = await anthropic();
    server.users = [user];
    const core = {
      num_sessions: 5,
      lines_of_code: { added: 1543, removed: 892 },
      commits_by_claude_code: 12,
      pull_requests_by_claude_code: 2,
    };
    server.claudeCode = [
      {
        date: '2026-11-19T00:00:00Z',
        actor: { type: 'user_actor', email_address: 'ada@example.com' },
        organization_id: 'dc9f6c26-b22c-4831-8d01-0446bada88f1',
        customer_type: 'subscription',
        subscription_type: 'team',
        terminal_type: 'vscode',
        is_remote: false,
        core_metrics: core,
        tool_actions: {
          edit_tool: { accepted: 45, rejected: 5 },
          multi_edit_tool: { accepted: 12, rejected: 2 },
          write_tool: { accepted: 8, rejected: 1 },
          notebook_edit_tool: { accepted: 3, rejected: 0 },
        },
        model_breakdown: [
          {
            model: 'claude-opus-5-5',
            tokens: { input: 100_000, output: 35_000, cache_read: 1_000_000, cache_creation: 5000 },
            estimated_cost: { currency: 'USD', amount: 141 },
          },
        ],
      },
      {
        date: '2026-11-19T00:00:00Z',
        actor: { type: 'api_actor', api_key_name: 'claude_code_key_grace.hopper_pcvf' },
        organization_id: 'dc9f6c26-b22c-4831-8d01-0446bada88f1',
        customer_type: 'api',
        subscription_type: null,
        terminal_type: 'tmux',
        is_remote: false,
        core_metrics: { num_sessions: 1, lines_of_code: { added: 0, removed: 0 } },
        tool_actions: {},
        model_breakdown: [],
      },
    ];
    const { rows, unreadable } = await readClaudeCodeDay(api, DAY);
    expect(unreadable).toBe(0);
    const owners = keyOwners([], await readUsers(api));
    const [ada, grace, ...more] = claudeCodeDays(rows, owners);
    expect(more).toEqual([]);
    expect(ada).toMatchObject({
      actor: 'email:ada@example.com',
      assistant: 'claude-code',
      reporter: 'anthropic-claude-code',
      inputTokens: 100_000,
      outputTokens: 35_000,
      cacheReadTokens: 1_000_000,
      cacheWrite5mTokens: 5000,
      splitKnown: false,
      sessions: 5,
      tier: 'team',
      billing: 'seat',
      reportedMicros: 1_410_000,
      billedMicros: null,
    });
    // 0.1 M x $4 + 35 k x $20 + 1 M x $0.20 + 5 k x $5, each per million.
    expect(ada && listMicros(ada)).toBe(400_000 + 700_000 + 200_000 + 25_000);
    expect(grace).toMatchObject({
      actor: 'anthropic-key-name:claude_code_key_grace.hopper_pcvf',
      model: null,
      sessions: 1,
      tier: 'api',
      billing: 'metered',
      reportedMicros: null,
    });
    expect(claudeCodeFigures(rows, owners).map(({ name, value }) => [name, value])).toEqual([
      ['lines-added', 1543],
      ['lines-removed', 892],
      ['commits', 12],
      ['pull-requests', 2],
      ['edits-accepted', 68],
      ['edits-rejected', 8],
    ]);
  });

  it('adds up the rows that a person has by terminal', async () => {
    const { server, api } = await anthropic();
    const row = (terminal: string, sessions: number, models: [string, number, number][]) => ({
      date: '2026-11-19T00:00:00Z',
      actor: { type: 'user_actor', email_address: 'ada@example.com' },
      organization_id: 'o1',
      customer_type: 'api',
      terminal_type: terminal,
      core_metrics: { num_sessions: sessions },
      model_breakdown: models.map(([model, input, amount]) => ({
        model,
        tokens: { input, output: 1, cache_read: 0, cache_creation: 0 },
        estimated_cost: { currency: 'USD', amount },
      })),
    });
    server.claudeCode = [
      row('vscode', 2, [['claude-opus-5', 10, 0.25]]),
      row('tmux', 3, [
        ['claude-opus-5', 20, 1.5],
        ['claude-haiku-4-5', 5, 0.01],
      ]),
    ];
    const { rows } = await readClaudeCodeDay(api, DAY);
    const days = claudeCodeDays(rows, keyOwners([], []));
    expect(
      days.map(({ model, inputTokens, sessions, reportedMicros }) => [model, inputTokens, sessions, reportedMicros]),
    ).toEqual([
      ['claude-opus-5', 30, 5, 17_500],
      ['claude-haiku-4-5', 5, 0, 100],
    ]);
  });
});

describe("Anthropic's messages and costs", () => {
  const result = {
    date: '2026-11-19',
    uncached_input_tokens: 150_123,
    cache_creation: { ephemeral_1h_input_tokens: 1000, ephemeral_5m_input_tokens: 50_000 },
    cache_read_input_tokens: 2_000_000,
    output_tokens: 50_000,
    server_tool_use: { web_search_requests: 3 },
    account_id: null,
    api_key_id: KEY,
    context_window: null,
    inference_geo: null,
    model: 'claude-opus-5-5',
    service_account_id: null,
    service_tier: 'standard',
    workspace_id: null,
  };
  const cost = {
    date: '2026-11-19',
    amount: '123.78912',
    currency: 'USD',
    cost_type: 'tokens',
    description: 'Claude Opus 5.5 Usage - Input Tokens',
    model: 'claude-opus-5-5',
    service_tier: 'standard',
    token_type: 'uncached_input_tokens',
    context_window: '0-200k',
    inference_geo: 'global',
    workspace_id: null,
  };

  it('are of the person whose key it is, with what was charged', async () => {
    const { server, api } = await anthropic();
    server.messages = [result];
    server.costs = [cost];
    server.keys = [key];
    server.users = [user];
    const owners = keyOwners(await readKeys(api), await readUsers(api));
    const { rows } = await readMessages(api, DAYS);
    const days = messagesDays(rows, (await readAnthropicCosts(api, DAYS)).rows, owners, listMicros);
    expect(days).toHaveLength(1);
    expect(days[0]).toMatchObject({
      actor: 'email:ada@example.com',
      reporter: 'anthropic-messages',
      inputTokens: 150_123,
      cacheWrite1hTokens: 1000,
      cacheWrite5mTokens: 50_000,
      cacheReadTokens: 2_000_000,
      outputTokens: 50_000,
      webSearches: 3,
      billing: 'metered',
      // 123.78912 cents
      billedMicros: 1_237_891,
    });
    // 150,123 x $4 + 1000 x $8 + 50 k x $5 + 2 M x $0.20 + 50 k x $20, each per million, and 3 searches at $10 a thousand.
    expect(days[0] && listMicros(days[0])).toBe(600_492 + 8000 + 250_000 + 400_000 + 1_000_000 + 30_000);
  });

  it('leave charges for something else as rows of their own, of nobody', async () => {
    const { server, api } = await anthropic();
    server.messages = [result];
    const search = { ...cost, cost_type: 'web_search', model: null, description: 'Web Search', amount: '3' };
    server.costs = [search, { ...cost, workspace_id: 'wrkspc_other', amount: '1.5' }];
    const { rows } = await readAnthropicCosts(api, DAYS);
    const days = messagesDays((await readMessages(api, DAYS)).rows, rows, keyOwners([], []), listMicros);
    expect(
      days.map(({ actor, model, billedMicros, outputTokens }) => [actor, model, billedMicros, outputTokens]),
    ).toEqual([
      [`anthropic-key:${KEY}`, 'claude-opus-5-5', null, 50_000],
      [null, 'Web Search', 30_000, 0],
      [null, 'claude-opus-5-5', 15_000, 0],
    ]);
  });

  it('do with less detail from a platform that knows less', async () => {
    const { server, api } = await anthropic();
    server.unknownDimensions = ['inference_geo'];
    server.messages = [result, { ...result, inference_geo: 'us' }];
    const { rows } = await readMessages(api, DAYS);
    expect(
      rows.map(({ outputTokens, inferenceGeo, webSearches }) => [outputTokens, inferenceGeo, webSearches]),
    ).toEqual([[100_000, null, 6]]);
  });

  it('does not take another currency for dollars', async () => {
    const { server, api } = await anthropic();
    server.costs = [{ ...cost, currency: 'EUR' }];
    expect(await readAnthropicCosts(api, DAYS)).toMatchObject({ rows: [], unreadable: 1 });
  });
});

describe("OpenAI's completions and costs", () => {
  it('count cached input apart, and spread dollars over those who used the model', async () => {
    const server = await listening(new OpenAiApi(() => NOW));
    const api = vendorClient(OPENAI, server, OPENAI_KEY, new SleepingClock(NOW));
    const result = {
      date: '2026-11-19',
      object: 'organization.usage.completions.result',
      input_tokens: 141_201,
      input_cached_tokens: 90_000,
      input_cache_write_tokens: 5000,
      input_uncached_tokens: 46_201,
      output_tokens: 9756,
      num_model_requests: 470,
      project_id: 'proj_abc',
      user_id: 'user-abc',
      api_key_id: 'key_abc',
      model: 'gpt-6.1-sol-2026-09-29',
      batch: false,
      service_tier: 'default',
    };
    const older = { ...result, input_uncached_tokens: undefined };
    server.completions = [result, { ...older, user_id: null, api_key_id: 'key_bot' }];
    const line = (lineItem: string, value: number | string, project = 'proj_abc') => ({
      date: '2026-11-19',
      object: 'organization.costs.result',
      amount: { value, currency: 'usd' },
      line_item: lineItem,
      project_id: project,
      api_key_id: null,
    });
    server.costs = [
      line('gpt-6.1-sol, input', 0.06),
      line('gpt-6.1-sol, output', '0.05'),
      line('image generation', 0.000001),
    ];
    server.users = [{ object: 'organization.user', id: 'user-abc', name: 'Ada', email: 'ADA@example.com' }];
    const { rows } = await readCompletions(api, DAYS);
    const emails = new Map((await readOpenAiUsers(api)).map(({ id, email }) => [id, email]));
    const days = openAiDays(rows, (await readOpenAiCosts(api, DAYS)).rows, (id) => emails.get(id) ?? null, listMicros);
    expect(days).toMatchObject([
      {
        actor: 'email:ada@example.com',
        assistant: 'openai',
        reporter: 'openai-usage',
        inputTokens: 46_201,
        cacheReadTokens: 90_000,
        cacheWrite5mTokens: 5000,
        outputTokens: 9756,
        requests: 470,
        billedMicros: 55_000,
      },
      { actor: 'openai-key:key_bot', inputTokens: 46_201, billedMicros: 55_000 },
      { actor: null, model: 'image generation', requests: 0, billedMicros: 1 },
    ]);
    // 46,201 x $2 + 90 k x $0.10 + 5 k x $2.50 + 9756 x $10, each per million.
    expect(days[0] && listMicros(days[0])).toBe(92_402 + 9000 + 12_500 + 97_560);
  });
});
