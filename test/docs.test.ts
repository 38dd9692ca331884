import { describe, expect, it } from 'vitest';
import { BINARIES } from '../src/cli/binaries.ts';
import { runBinary } from '../src/cli/run.ts';
import { METRICS } from '../src/reports/definitions.ts';
import { testContext } from './support/context.ts';

/** Pages that are made from the program itself: `npx vitest run test/docs.test.ts -u` writes them anew. */

async function helpOf(binary: string, command: string): Promise<string> {
  const context = testContext();
  await runBinary(binary, [...command.split(' ').filter(Boolean), '--help'], context);
  return context.io.stdout.text.trimEnd();
}

async function commandPage(): Promise<string> {
  const lines = ['# Commands', '', 'Made from `--help`; every binary and command prints its own.', ''];
  for (const [binary, load] of Object.entries(BINARIES)) {
    const { commands } = await load();
    lines.push(`## ${binary}`, '', '```text', await helpOf(binary, ''), '```', '');
    for (const { name } of commands) {
      if (name === '') continue;
      lines.push(`### ${binary} ${name}`, '', '```text', await helpOf(binary, name), '```', '');
    }
  }
  return lines.join('\n');
}

function figurePage(): string {
  const tables = Object.entries(METRICS).flatMap(([report, metrics]) => [
    '',
    `## ${report}`,
    '',
    '| figure | key | definition | unit | divided by |',
    '|---|---|---|---|---|',
    ...metrics.map(
      ({ key, title, definition, unit, denominator }) =>
        `| ${title} | \`${key}\` | ${definition} | ${unit} | ${denominator ?? '–'} |`,
    ),
  ]);
  return [
    '# Figures',
    '',
    'What each figure means: the same text that the API describes itself with, by the report that answers it. A figure with',
    'a denominator is `null` where that is empty. The figures of `summary` stand in every row of every list.',
    ...tables,
    '',
  ].join('\n');
}

describe('the documentation', () => {
  it('shows the help of every command as it is', async () => {
    await expect(await commandPage()).toMatchFileSnapshot('../docs/commands.md');
  });

  it('defines every figure as the program does', async () => {
    await expect(figurePage()).toMatchFileSnapshot('../docs/figures.md');
  });
});
