import { describe, expect, it } from 'vitest';
import { inspectProfile } from '../../src/setup/profile-block.ts';
import { removeBlockLine, removeLegacyBlock, separator, setBlockLine } from '../../src/setup/profile-edit.ts';
import { decodeProfile } from '../../src/setup/profile-text.ts';

const INTRO = '# Metering of AI coding assistants; "uninstall" takes it out again.';
const block = (...lines: string[]): string =>
  ['# >>> revenium >>>', INTRO, ...lines, '# <<< revenium <<<', ''].join('\n');

describe('the block', () => {
  it.each([
    ['an empty profile', '', ''],
    ['a profile with a last newline', 'a\n', 'a\n'],
    ['one without', 'a', 'a\n'],
    ['one that ends with a continued line', 'a \\\n', 'a \\\n\n'],
    ['one that ends with a backslash', 'a \\', 'a \\\n\n'],
    ['a byte order mark alone', '\ufeff', '\ufeff\n'],
  ])('is put at the end of %s', (_, before, head) => {
    expect(setBlockLine(before, 'claude-code', 'load', '\n')).toBe(head + block('load # claude-code'));
    expect(before + separator(before, '\n')).toBe(head);
  });

  it('holds Claude Code before Gemini CLI, whoever comes first', () => {
    const both = block('c # claude-code', 'g # gemini-cli');
    expect(setBlockLine(setBlockLine('', 'claude-code', 'c', '\n'), 'gemini-cli', 'g', '\n')).toBe(both);
    expect(setBlockLine(setBlockLine('', 'gemini-cli', 'g', '\n'), 'claude-code', 'c', '\n')).toBe(both);
    expect(removeBlockLine(both, 'claude-code')).toBe(block('g # gemini-cli'));
    expect(removeBlockLine(removeBlockLine(both, 'claude-code'), 'gemini-cli')).toBe('');
  });

  it('is found where it was moved to, indented, and with lines of others in it', () => {
    const moved = `if x; then\n  # >>> revenium >>>\n  mine\n  old # claude-code\n  # <<< revenium <<<\nfi\n`;
    expect(setBlockLine(moved, 'claude-code', 'new', '\n')).toBe(moved.replace('old', 'new'));
    expect(removeBlockLine(moved, 'claude-code')).toBe('if x; then\n  mine\nfi\n');
  });

  it('keeps the line ends of a file that has others', () => {
    const windows = setBlockLine('a\r\n', 'claude-code', 'load', '\r\n');
    expect(windows).toBe(`a\r\n${block('load # claude-code').replaceAll('\n', '\r\n')}`);
    expect(setBlockLine(windows, 'claude-code', 'load', '\n')).toBe(windows);
    expect(removeBlockLine(windows, 'claude-code')).toBe('a\r\n');
  });

  it.each([
    ['a lost end', '# >>> revenium >>>\nx\n', 1],
    ['a lost start', 'x\n# <<< revenium <<<\n', 2],
    ['a start within', '# >>> revenium >>>\n# >>> revenium >>>\n# <<< revenium <<<\n', 1],
    ['another’s end', '# >>> revenium >>>\n# <<< revenium-claude-code-metering <<<\n', 1],
    ['an older package’s lost end', `x\n# >>> revenium-gemini-cli-metering >>>\n${block('c # claude-code')}`, 2],
  ])('with %s is damaged, and left as it is', (_, text, line) => {
    expect(inspectProfile(text).damagedAt).toBe(line);
    for (const tag of ['claude-code', 'gemini-cli'] as const) {
      expect(setBlockLine(text, tag, 'load', '\n')).toBe(text);
      expect(removeBlockLine(text, tag)).toBe(text);
      expect(removeLegacyBlock(text, tag)).toBe(text);
    }
  });

  it('is not mistaken for what only looks like it', () => {
    const text = '# >>> revenium-something-else >>>\necho "# >>> revenium >>>"\n#>>> revenium >>>\n';
    expect(inspectProfile(text)).toEqual({ damagedAt: null, lines: {}, legacy: [] });
  });
});

describe('a profile’s encoding', () => {
  it.each([
    ['UTF-8', Buffer.from('é 漢字\n')],
    ['no encoding at all', Buffer.from([0xff, 0x00, 0xc3, 0x28, 0x0a])],
    ['UTF-16, as PowerShell 5.1 writes', Buffer.from('\ufeffSet-Alias é b\r\n', 'utf16le')],
    ['a byte too few for UTF-16', Buffer.from([0xff, 0xfe, 0x61])],
  ])('%s comes out as it went in, with our words in it', (name, bytes) => {
    const { text, own, encode } = decodeProfile(bytes);
    expect(encode(text)).toEqual(bytes);
    const after = encode(setBlockLine(text, 'claude-code', own('load é'), '\n'));
    expect(after.subarray(0, bytes.length)).toEqual(bytes);
    expect(after.toString(name.startsWith('UTF-16') ? 'utf16le' : 'utf8')).toContain('load é # claude-code\n');
    const back = decodeProfile(after);
    expect(back.encode(removeBlockLine(back.text, 'claude-code')).subarray(0, bytes.length)).toEqual(bytes);
  });
});
