import { eventId } from '../../usage/identity.ts';
import type { Assistant } from '../../usage/event.ts';
import { DAY_MS, dateOf } from '../../usage/days.ts';
import { spread } from '../../usage/money.ts';
import { emailActor } from '../../usage/actor.ts';
import { Cells } from './cells.ts';
import { CsvError, RowProblem } from './csv-error.ts';
import type { Columns, CsvFormat, CsvUsage, ImportHints, ReadUsage } from './format.ts';
import { hasAll, namesOf, placesOf } from './format.ts';

/**
 * The spend report of Claude Team and Enterprise (claude.ai, Analytics): each person's totals of the chosen dates by
 * product and model, without days. Exported for one day it is exact; the totals of several days are divided among
 * them evenly.
 */
const COLUMNS = {
  email: ['user_email', 'email'],
  account: ['account_uuid'],
  product: ['product'],
  model: ['model'],
  requests: ['total_requests'],
  prompt: ['total_prompt_tokens'],
  completion: ['total_completion_tokens'],
  net: ['total_net_spend_usd'],
  gross: ['total_gross_spend_usd'],
} as const satisfies Columns<string>;

type Column = keyof typeof COLUMNS;

export const anthropicSpend: CsvFormat = {
  id: 'anthropic-spend',
  name: "Claude's spend report",
  totals: true,
  known: [...namesOf(COLUMNS), 'model_family'],
  recognises: (names) => hasAll<Column>(COLUMNS, ['email', 'product', 'prompt', 'completion', 'net'], names),
  reader: (header, hints) => {
    const cells = new Cells<Column>(placesOf(COLUMNS, header.titles), header);
    return (row) => read(cells.at(row), hints);
  },
};

/** Of Claude's products those that are coding assistants; the others (chat, Office …) are left out. */
const ASSISTANTS: readonly (readonly [RegExp, Assistant])[] = [
  [/^claude[-_ ]?code\b/i, 'claude-code'],
  [/^(?:claude[-_ ]?)?cowork\b/i, 'claude-cowork'],
];

function read(cells: Cells<Column>, { period }: ImportHints): ReadUsage {
  if (!period) throw new CsvError('the period of these totals is not known');
  const product = cells.required('product');
  const assistant = ASSISTANTS.find(([words]) => words.test(product))?.[1];
  if (!assistant) return { usages: [], remark: 'other-products' };
  const email = cells.text('email')?.toLowerCase() ?? null;
  const account = cells.text('account');
  const actor = emailActor(email) ?? (account && `account:${account}`);
  if (!actor) throw new RowProblem('user_email is no e-mail address');
  const model = cells.text('model');
  const days = period.toDay - period.fromDay;
  const part = (total: number): number[] =>
    spread(
      total,
      Array.from({ length: days }, () => 1),
    );
  const money = (total: number | null): (number | null)[] =>
    total === null ? Array.from({ length: days }, () => null) : part(total);
  const [requests, prompt, completion] = [
    part(cells.count('requests')),
    part(cells.count('prompt')),
    part(cells.count('completion')),
  ];
  const [net, gross] = [money(cells.dollars('net')), money(cells.dollars('gross'))];
  return {
    usages: Array.from({ length: days }, (_, i): CsvUsage => {
      const day = period.fromDay + i;
      return {
        kind: 'observed',
        input: {
          id: eventId(['anthropic-spend', dateOf(day), actor, product.toLowerCase(), model]),
          assistant,
          granularity: 'day',
          reporter: 'anthropic-spend',
          atMs: day * DAY_MS + DAY_MS / 2,
          actor,
          model,
          requests: requests[i] ?? 0,
          inputTokens: prompt[i] ?? 0,
          outputTokens: completion[i] ?? 0,
          reportedMicros: gross[i] ?? null,
          billedMicros: net[i] ?? null,
          billing: 'metered',
        },
      };
    }),
  };
}
