import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../../src/assistants/claude-code/history/history-roots.ts';
import { historyRoots } from '../../../../src/assistants/claude-code/history/history-roots.ts';
import { findSessionFiles } from '../../../../src/assistants/claude-code/history/session-files.ts';
import { asNobody } from '../../../support/nobody.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const machine = (home: string, env: Machine['env'] = {}, platform: NodeJS.Platform = 'linux'): Machine => ({
  home,
  env,
  platform,
  cwd: home,
});

function folder(...parts: string[]): string {
  const made = path.join(...parts);
  mkdirSync(made, { recursive: true });
  return made;
}

const directories = (given: Machine, windowsUsers?: string): string[] =>
  historyRoots(given, windowsUsers).roots.map(({ directory }) => directory);

describe('where histories are looked for', () => {
  it('in ~/.claude and in the XDG folder, where they exist', () => {
    const home = tempDir();
    const own = folder(home, '.claude', 'projects');
    expect(directories(machine(home))).toEqual([own]);
    const config = folder(home, '.config', 'claude', 'projects');
    expect(directories(machine(home))).toEqual([own, config]);
    const moved = folder(home, 'xdg', 'claude', 'projects');
    expect(directories(machine(home, { XDG_CONFIG_HOME: path.join(home, 'xdg') }))).toEqual([own, moved]);
  });

  it('only where CLAUDE_CONFIG_DIR says, a list of configuration folders or of their projects', () => {
    const home = tempDir();
    folder(home, '.claude', 'projects');
    const a = folder(home, 'a', 'projects');
    const b = folder(home, 'b', 'projects');
    const named = (value: string): string[] => directories(machine(home, { CLAUDE_CONFIG_DIR: value }));
    expect(named(path.join(home, 'a'))).toEqual([a]);
    expect(named('~/a, ~/b/projects')).toEqual([a, b]);
    expect(named('b')).toEqual([b]);
    expect(named('')).toEqual([path.join(home, '.claude', 'projects')]);
  });

  it('in a folder with a comma in its name', () => {
    const home = tempDir();
    const odd = folder(home, 'a,b', 'projects');
    expect(directories(machine(home, { CLAUDE_CONFIG_DIR: path.join(home, 'a,b') }))).toEqual([odd]);
  });

  it('and says which named folder holds none', () => {
    const home = tempDir();
    const { roots, missing } = historyRoots(machine(home, { CLAUDE_CONFIG_DIR: '~/gone' }));
    expect(roots).toEqual([]);
    expect(missing).toEqual([path.join(home, 'gone')]);
  });

  it("in the Windows side's homes, inside WSL", () => {
    const home = tempDir();
    const users = folder(home, 'mnt', 'c', 'Users');
    const windows = folder(users, 'Ada', '.claude', 'projects');
    folder(users, 'Public');
    expect(directories(machine(home, { WSL_DISTRO_NAME: 'Ubuntu' }), users)).toEqual([windows]);
    expect(directories(machine(home), users)).toEqual([]);
  });

  it.each([
    ['darwin', ['Library', 'Application Support', 'Claude'], {}],
    ['win32', ['roaming', 'Claude'], { APPDATA: 'roaming' }],
    ['win32', ['local', 'Packages', 'Claude_1xyz', 'LocalCache', 'Roaming', 'Claude'], { LOCALAPPDATA: 'local' }],
    ['linux', ['.config', 'Claude'], {}],
  ] as const)("in Cowork's local sessions on %s", (platform, where, places) => {
    const home = tempDir();
    const session = folder(home, ...where, 'local-agent-mode-sessions', 'org', 'account', 'local_1');
    const projects = folder(session, '.claude', 'projects');
    writeFileSync(path.join(session, 'audit.jsonl'), '');
    const env = Object.fromEntries(Object.entries(places).map(([name, value]) => [name, path.join(home, value)]));
    expect(historyRoots(machine(home, env, platform)).roots).toEqual([
      { directory: projects, assistant: 'claude-cowork' },
    ]);
  });
});

describe('which files are read', () => {
  const found = (root: string): string[] =>
    findSessionFiles([{ directory: root, assistant: 'claude-code' }])
      .files.map((file) => path.relative(root, file.path))
      .sort();
  const touch = (...parts: string[]): string => {
    const file = path.join(...parts);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '{}\n');
    return file;
  };

  it("sessions, sub-agents' files of every layout, and nothing else", () => {
    const root = tempDir();
    touch(root, '-p', 's1.jsonl');
    touch(root, '-p', 'agent-0a1b2c3.jsonl');
    touch(root, '-p', 's1', 'subagents', 'agent-1.jsonl');
    touch(root, '-p', 's1', 'subagents', 'agent-1.meta.json');
    touch(root, '-p', 's1', 'tool-results', 'x.txt');
    expect(found(root)).toEqual(['-p/agent-0a1b2c3.jsonl', '-p/s1.jsonl', '-p/s1/subagents/agent-1.jsonl']);
  });

  it('linked folders and files, each once, loops and broken links included', () => {
    const root = tempDir();
    const elsewhere = tempDir();
    const real = touch(elsewhere, 'project', 's1.jsonl');
    symlinkSync(path.dirname(real), path.join(root, '-linked'));
    symlinkSync(path.dirname(real), path.join(root, '-linked-again'));
    symlinkSync(root, path.join(elsewhere, 'project', 'loop'));
    symlinkSync(path.join(root, 'gone'), path.join(root, 'broken.jsonl'));
    const own = touch(root, '-p', 's2.jsonl');
    symlinkSync(own, path.join(root, 'also.jsonl'));
    const { files, problems } = findSessionFiles([{ directory: root, assistant: 'claude-code' }]);
    expect(files.map((file) => file.path).sort()).toEqual([own, real].sort());
    expect(problems).toEqual([{ path: path.join(root, 'broken.jsonl'), message: 'ENOENT' }]);
  });

  it('the oldest first, whatever the folders are called', () => {
    const root = tempDir();
    const dates: Record<string, string> = { 'b.jsonl': '2026-01-01', 'a.jsonl': '2026-03-01', 'c.jsonl': '2026-02-01' };
    for (const [name, date] of Object.entries(dates)) {
      const file = touch(root, name);
      utimesSync(file, new Date(date), new Date(date));
    }
    const { files } = findSessionFiles([{ directory: root, assistant: 'claude-code' }]);
    expect(files.map((file) => path.basename(file.path))).toEqual(['b.jsonl', 'c.jsonl', 'a.jsonl']);
  });

  it('and names a folder that may not be read', async () => {
    const root = tempDir();
    chmodSync(root, 0o755);
    touch(root, 'locked', 's.jsonl');
    chmodSync(path.join(root, 'locked'), 0);
    const { files, problems } = await asNobody(() => findSessionFiles([{ directory: root, assistant: 'claude-code' }]));
    chmodSync(path.join(root, 'locked'), 0o700);
    expect(files).toEqual([]);
    expect(problems).toEqual([{ path: path.join(root, 'locked'), message: 'EACCES' }]);
  });

  it('two roots that are one', () => {
    const root = tempDir();
    touch(root, 's.jsonl');
    const link = path.join(tempDir(), 'link');
    symlinkSync(root, link);
    const both = [root, link].map((directory) => ({ directory, assistant: 'claude-code' as const }));
    expect(findSessionFiles(both).files).toHaveLength(1);
  });
});
