import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeEndpoint } from '../support/fake-endpoint.ts';
import { startFakeCursor, startFakeEndpoint } from '../support/fake-endpoint.ts';
import { TestMachine } from '../support/machine.ts';
import { findProgram } from '../support/programs.ts';
import { Terminal } from '../support/terminal.ts';

/** The wizards as people see them: the built commands, in a real terminal. */

const KEY = 'hak_acme_0123456789abcdef';
const KEY_QUESTION = 'API key of the metering endpoint';
const bin = (name: string): string => path.resolve(import.meta.dirname, '../../bin', name);

let machine: TestMachine;
let endpoint: FakeEndpoint;
let terminal: Terminal | undefined;
beforeEach(async () => {
  machine = new TestMachine();
  endpoint = await startFakeEndpoint(KEY);
});
afterEach(async () => {
  terminal?.close();
  machine.remove();
  await endpoint.close();
});

function start(command: string, args: string[] = [], env: Record<string, string> = {}): Terminal {
  const all = { PATH: process.env.PATH, HOME: machine.home, SHELL: '/bin/bash', ...env };
  terminal = new Terminal([process.execPath, bin(command), 'setup', ...args], all);
  return terminal;
}

describe.runIf(findProgram('tmux'))('the wizard', () => {
  it('sets up Claude Code: key masked and checked, tiers with prices, a summary before anything is written', async () => {
    machine.write('.gitconfig', '[user]\n\temail = ada@acme.com\n');
    const screen = start('revenium-metering.js');
    await screen.shows(KEY_QUESTION);
    screen.type(KEY);
    expect(await screen.shows(`${KEY_QUESTION} ${'*'.repeat(KEY.length)}`)).not.toContain(KEY);
    screen.press('Enter');
    // The default is git's.
    await screen.answer('Your e-mail address, to put usage down to ("-": none) (ada@acme.com)');
    const tiers = await screen.shows('Subscription');
    for (const line of ['Claude Max 5x, $100 a month', 'Claude API, paid by use']) expect(tiers).toContain(line);
    screen.press('Up', 'Up', 'Up', 'Up', 'Up');
    await screen.shows('❯ Claude Max 5x');
    screen.press('Enter');
    await screen.answer('Organisation or department', 'Acme Corp');
    await screen.answer('Product or project');
    await screen.answer('Metering endpoint (https://api.revenium.ai)', endpoint.url);
    await screen.answer('Where should Claude Code find this?');
    const summary = await screen.shows('Write this?');
    for (const part of [
      'hak_acme_…cdef (organisation acme, scope ingest)',
      'ada@acme.com',
      'max_5x',
      'Acme Corp',
      'create   ~/.bashrc',
      'the key included',
    ])
      expect(summary).toContain(part);
    expect(readdirSync(machine.home)).toEqual(['.gitconfig']);
    screen.press('Enter');
    const end = await screen.shows('[exit 0]');
    expect(end).toContain('Claude Code is set up.');
    expect(end).not.toContain(KEY);
    expect(machine.read('.claude/revenium.env')).toContain('CLAUDE_CODE_SUBSCRIPTION_TIER=max_5x\n');
    expect(machine.read('.bashrc')).toContain('# claude-code');
  });

  it('recommends Claude’s settings file in an IDE, and asks again for a key that is refused', async () => {
    const screen = start(
      'revenium-metering.js',
      ['--endpoint', endpoint.url, '-e', '', '-o', '', '-p', '', '-t', 'pro'],
      { TERM_PROGRAM: 'vscode' },
    );
    await screen.answer(KEY_QUESTION, 'hak_acme_wrong0key0');
    await screen.shows(`${endpoint.url} refuses this key (401).`);
    await screen.shows('❯ Give the key again');
    screen.press('Enter');
    await screen.shows(/What now\? Give the key again/);
    screen.type(KEY);
    await screen.shows('*'.repeat(KEY.length));
    screen.press('Enter');
    await screen.shows('❯ In ~/.claude/settings.json: reaches terminals and IDEs alike (recommended: you use an IDE)');
    screen.press('Enter');
    await screen.answer('Write this?');
    await screen.shows('[exit 0]');
    expect(machine.read('.claude/settings.json')).toContain('OTEL_EXPORTER_OTLP_HEADERS');
    expect(existsSync(machine.path('.bashrc'))).toBe(false);
  });

  it('says what is wrong with an answer at once, and takes "no" for an answer', async () => {
    const screen = start('revenium-gemini.js', ['--shell', 'bash', '-o', '', '-p', '']);
    await screen.answer(KEY_QUESTION, 'sk-ant-api03-abcdefghij');
    await screen.shows('the API key is a key of Anthropic');
    screen.press('C-u');
    screen.type(KEY);
    screen.press('Enter');
    await screen.answer('Your e-mail', 'ada');
    await screen.shows('"ada" is not an e-mail address');
    screen.type('@acme.com');
    screen.press('Enter');
    await screen.answer('Metering endpoint', endpoint.url);
    await screen.answer('Write this?', 'n');
    expect(await screen.shows('[exit 130]')).toContain('nothing was changed');
    expect(readdirSync(machine.home)).toEqual([]);
  });

  it('sets up Gemini CLI', async () => {
    const screen = start('revenium-gemini.js');
    await screen.answer(KEY_QUESTION, KEY);
    await screen.answer('Your e-mail', 'ada@acme.com');
    await screen.answer('Organisation');
    await screen.answer('Product');
    await screen.answer('Metering endpoint', endpoint.url);
    await screen.answer('Write this?');
    expect(await screen.shows('[exit 0]')).toContain('Gemini CLI is set up.');
    expect(machine.read('.gemini/revenium.env')).toContain('GEMINI_TELEMETRY_LOG_PROMPTS=false');
  });

  it('sets up Cursor', async () => {
    const vendor = await startFakeCursor();
    const screen = start('revenium-cursor.js', [], { CURSOR_API_BASE_URL: vendor.url });
    await screen.answer('Admin API key of your Cursor team', 'crsr_wrong0key0here');
    await screen.answer(KEY_QUESTION, KEY);
    await screen.answer('Your e-mail');
    await screen.shows('❯ I do not know');
    screen.press('Enter');
    await screen.answer('Organisation');
    await screen.answer('Product');
    await screen.answer('Minutes between two syncs (5)', '10');
    await screen.answer('Metering endpoint', endpoint.url);
    await screen.shows('Cursor refuses its API key (401). It must be an Admin API key of the team');
    await screen.shows(/401[^]*Admin API key of your Cursor team/);
    screen.type('crsr_0123456789abcdef');
    screen.press('Enter');
    const summary = await screen.shows('Write this?');
    expect(summary).toContain('every 10 min');
    screen.press('Enter');
    expect(await screen.shows('[exit 0]')).toContain('Cursor is set up.');
    expect(machine.read('.cursor/revenium/revenium.env')).toContain('REVENIUM_SYNC_INTERVAL_MS=600000');
    await vendor.close();
  });

  it.each([
    ['revenium-metering.js', KEY_QUESTION, 1],
    ['revenium-metering.js', 'Organisation', 4],
    ['revenium-gemini.js', 'Write this?', 6],
    ['revenium-cursor.js', 'Admin API key', 1],
  ])('interrupted, %s leaves nothing at "%s"', async (command, question, at) => {
    const screen = start(command);
    const answers = [
      ...(command === 'revenium-cursor.js' ? [['Admin API key', 'crsr_0123456789abcdef']] : []),
      [KEY_QUESTION, KEY],
      ['Your e-mail', ''],
      ...(command === 'revenium-metering.js' ? [['Subscription', '']] : []),
      ['Organisation', ''],
      ['Product', ''],
      ['Metering endpoint', endpoint.url],
    ];
    for (const [asked = '', text = ''] of answers.slice(0, at - 1)) await screen.answer(asked, text);
    await screen.shows(question);
    screen.press('C-c');
    expect(await screen.shows('[exit 130]')).toContain('interrupted: nothing was changed');
    expect(readdirSync(machine.home)).toEqual([]);
  });

  it('is not asked for where CI is set, or the answers are given', async () => {
    expect(await start('revenium-metering.js', [], { CI: 'true' }).shows('[exit 2]')).toContain('missing: --api-key');
    terminal?.close();
    expect(await start('revenium-metering.js', ['-k', KEY, '--endpoint', endpoint.url]).shows('[exit 0]')).toContain(
      'Claude Code is set up.',
    );
  });
});
