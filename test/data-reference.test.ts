import { describe, expect, it } from 'vitest';
import { SETUPS } from '../src/assistants/setups.ts';
import type { AttributeRow } from '../src/otlp/attributes.ts';
import { ATTRIBUTES } from '../src/otlp/attributes.ts';
import { EVENTS } from '../src/otlp/events.ts';
import type { Answers } from '../src/setup/assistant-setup.ts';

/**
 * The complete list of what is collected, made from the allow-list by which records are read and written.
 * `npx vitest run test/data-reference.test.ts -u` writes it anew.
 */

const SENDERS: readonly (readonly [title: string, from: AttributeRow['from'][number], prefix: string])[] = [
  ['Claude Code and Cowork', 'claude', 'claude_code.'],
  ['Gemini CLI', 'gemini', 'gemini_cli.'],
  ['Cursor', 'cursor', 'cursor_ide.'],
  ['Our own commands', 'revenium', 'revenium.'],
];

const ANSWERS: Answers = {
  apiKey: 'YOUR_KEY',
  endpoint: 'https://api.revenium.ai',
  email: 'ada@acme.com',
  tier: 'max_20x',
  organization: 'Acme Corp',
  product: 'Checkout',
  cursorApiKey: 'YOUR_CURSOR_KEY',
  syncInterval: 5,
};

const WHERE = { resource: 'once per request', record: 'each record', both: 'request or record' } as const;

const cell = (text: string): string => text.replaceAll('|', '\\|');

function attributeTable(from: AttributeRow['from'][number]): string[] {
  const rows = ATTRIBUTES.filter((row) => (row.from as readonly string[]).includes(from));
  return [
    '| attribute | where | what it is | what for |',
    '|---|---|---|---|',
    ...rows.map(({ key, on, meaning, why }) => `| \`${key}\` | ${WHERE[on]} | ${cell(meaning)} | ${cell(why)} |`),
  ];
}

function variableTable(): string[] {
  const rows = SETUPS.flatMap((setup) =>
    Object.entries(setup.variables(ANSWERS, {})).map(
      ([name, value]) => `| ${setup.label} | \`${name}\` | ${value === '' ? '(empty)' : `\`${value ?? ''}\``} |`,
    ),
  );
  return ['| assistant | variable | value |', '|---|---|---|', ...rows];
}

function page(): string {
  const sections = SENDERS.flatMap(([title, from, prefix]) => {
    const events = Object.entries(EVENTS).filter(([name]) => name.startsWith(prefix));
    return [
      `## ${title}`,
      '',
      '| event | what it is |',
      '|---|---|',
      ...events.map(([name, what]) => `| \`${name}\` | ${cell(what)} |`),
      '',
      ...attributeTable(from),
      '',
    ];
  });
  return [
    '# Data reference',
    '',
    'Everything that is collected, made from the allow-list in the program itself (`src/otlp/attributes.ts`). Whatever is',
    'not named here is dropped while a request is being read: it reaches neither the database nor a log.',
    '',
    '**Never collected:** prompts, answers, code, file names and paths, tool parameters, command lines, system',
    'instructions. Where a client is told to send them all the same, they are dropped on arrival. Lengths, sizes and',
    'outcomes are kept.',
    '',
    'One thing is concluded from paths and commands, on the machine that has them: when Claude Code’s history is imported,',
    'what each prompt’s tools were used for (`code generation`, `debugging`, `testing`, `documentation`,',
    '`review and exploration` or `other`). That word is sent with the ids of session and prompt, and nothing else of it.',
    '',
    'Of every record its time and the name of its event are read as well.',
    '',
    ...sections,
    '## What setup writes on a machine',
    '',
    'Variables in `revenium.env` (and with `--claude-settings` in the `env` block of Claude’s settings), for these answers:',
    `e-mail \`${ANSWERS.email ?? ''}\`, organisation \`${ANSWERS.organization ?? ''}\`, product \`${ANSWERS.product ?? ''}\`.`,
    '',
    ...variableTable(),
    '',
  ].join('\n');
}

describe('the data reference', () => {
  it('is the allow-list', async () => {
    await expect(page()).toMatchFileSnapshot('../docs/data-reference.md');
  });

  it('names every attribute and every event', () => {
    for (const name of [...ATTRIBUTES.map(({ key }) => key), ...Object.keys(EVENTS)])
      expect(page()).toContain(`\`${name}\``);
  });
});
