import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ATTRIBUTES, cleanText, MAX_TEXT } from '../../src/otlp/attributes.ts';
import { EVENTS } from '../../src/otlp/events.ts';

test('every attribute is listed once, in one line of text, with its reason', () => {
  expect(new Set(ATTRIBUTES.map(({ key }) => key)).size).toBe(ATTRIBUTES.length);
  for (const { meaning, why, from } of ATTRIBUTES) {
    expect(meaning).toMatch(/^[^\n]{4,100}$/);
    expect(why).toMatch(/^[^\n]{4,100}$/);
    expect(from.length).toBeGreaterThan(0);
  }
});

test('every event is described in one line', () => {
  for (const [name, meaning] of Object.entries(EVENTS)) {
    expect(name).toMatch(/^(claude_code|gemini_cli|cursor_ide|revenium)\.[a-z_.]+$/);
    expect(meaning).toMatch(/^[^\n]{4,100}$/);
  }
});

test.each([
  'prompt',
  'prompt_text',
  'response',
  'tool_input',
  'tool_parameters',
  'function_args',
  'error',
  'error.message',
  'body',
  'host.name',
  'process.owner',
  'process.command_args',
  'terminal.type',
  'workspace.host_paths',
  'gen_ai.system_instructions',
  'command_name',
])('%s is not on the list', (key) => {
  expect(ATTRIBUTES.map((row): string => row.key)).not.toContain(key);
});

test('text is kept as it is if it is short and plain, else made so', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
      const clean = cleanText(text);
      expect(clean.length).toBeLessThanOrEqual(MAX_TEXT);
      expect(clean).not.toMatch(/\p{Control}|\p{Surrogate}/u);
      expect(cleanText(clean)).toBe(clean);
      if (text.length <= MAX_TEXT && !/[\p{Control}\p{Surrogate}]/u.test(text)) expect(clean).toBe(text);
    }),
  );
});
