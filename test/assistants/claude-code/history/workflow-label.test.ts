import { describe, expect, it } from 'vitest';
import { commandPurpose } from '../../../../src/assistants/claude-code/history/command-purpose.ts';
import type { Purpose } from '../../../../src/assistants/claude-code/history/tool-purpose.ts';
import { purposeOf } from '../../../../src/assistants/claude-code/history/tool-purpose.ts';
import { PromptUses } from '../../../../src/assistants/claude-code/history/workflow-label.ts';

const CWD = '/home/ada/docs/tests/engine';

describe('what an edit is of', () => {
  it.each<[path: string, purpose: Purpose]>([
    ['src/store.ts', 'code'],
    ['src/latest.ts', 'code'],
    ['src/contest/attestation.py', 'code'],
    ['requirements.txt', 'code'],
    ['requirements-dev.txt', 'code'],
    ['CMakeLists.txt', 'code'],
    ['README.md', 'documentation'],
    ['CHANGELOG', 'documentation'],
    ['src/guide.mdx', 'documentation'],
    ['notes.rst', 'documentation'],
    ['docs/logo.svg', 'documentation'],
    ['tests/README.md', 'documentation'],
    ['src/store.test.ts', 'tests'],
    ['store_test.go', 'tests'],
    ['test_store.py', 'tests'],
    ['src/main/StoreTest.java', 'tests'],
    ['StoreSpec.scala', 'tests'],
    ['spec/store.rb', 'tests'],
    ['app/__tests__/store.js', 'tests'],
    ['docs/test_links.py', 'tests'],
  ])('%s: %s', (path, purpose) => {
    expect(purposeOf('Edit', { file_path: `${CWD}/${path}` }, CWD)).toBe(purpose);
    expect(purposeOf('Write', { file_path: path }, CWD)).toBe(purpose);
    const [windows, drive] = [`${CWD}/${path}`.replaceAll('/', '\\'), CWD.replaceAll('/', '\\')];
    expect(purposeOf('MultiEdit', { file_path: `C:${windows}` }, `C:${drive}`)).toBe(purpose);
  });

  it('is of a notebook, of nothing known, or of what the client notes down for itself', () => {
    expect(purposeOf('NotebookEdit', { notebook_path: 'docs/fit.ipynb' }, null)).toBe('documentation');
    expect(purposeOf('Edit', {}, CWD)).toBe('code');
    expect(purposeOf('Write', { file_path: '/home/ada/.claude/plans/sunny-day.md' }, CWD)).toBe('nothing');
  });
});

describe('what a tool is for', () => {
  it('is to keep house for lists, plans and questions, and to run a command for every shell', () => {
    for (const tool of ['TodoWrite', 'TaskUpdate', 'ExitPlanMode', 'AskUserQuestion', 'Agent'])
      expect(purposeOf(tool, {}, CWD)).toBe('nothing');
    expect(purposeOf('PowerShell', { command: 'npm test' }, CWD)).toBe('test run');
    expect(purposeOf('mcp__tickets__close', {}, CWD)).toBe('other');
  });

  it('is told of a path however long', () => {
    // Unbounded, this one alone would take minutes.
    expect(purposeOf('Edit', { file_path: `${'/'.repeat(1 << 20)}a` }, '/'.repeat(1 << 20))).toBe('code');
  });
});

describe('what a command is for', () => {
  it.each([
    ...[
      'npm test',
      'npm run test:unit -- --watch=false',
      'cd app && npx --no-install vitest run a.test.ts 2>&1 | tail -5',
    ],
    ...[
      'CI=1 yarn test',
      'pnpm exec jest',
      './node_modules/.bin/mocha',
      'python3 -m pytest -q',
      'uv run pytest',
      'go test ./...',
    ],
    ...[
      'cargo test --all',
      'timeout 60 make test',
      './gradlew :app:test',
      'mvn -q verify',
      'dotnet test',
      'node --test',
    ],
    ...['bundle exec rspec', 'php artisan test', 'ls\nnpm t', 'git status; pytest'],
  ])('%s: runs tests', (command) => expect(commandPurpose(command)).toBe('test run'));

  it.each([
    ...[
      'ls -la',
      'cd app && git log --oneline | head',
      'rg "npm test" src 2>/dev/null',
      "grep -r 'a; rm b' .",
      'echo "npm test"',
    ],
    ...["sed -n '1,20p' x.ts", 'find . -name "*.ts"', 'git -C /tmp diff'],
  ])('%s: only looks', (command) => expect(commandPurpose(command)).toBe('look'));

  it.each([
    ...['npm run build', 'npm install vitest', 'git commit -m "fix\nnpm test"', 'rm -rf test'],
    ...['cat > a.ts <<EOF\nnpm test\nEOF', 'ls > files', 'find . -delete', 'git push', 'make testament', '', '  ;  '],
  ])('%s: neither', (command) => expect(commandPurpose(command)).toBe('other'));

  it('is decided in time however long the command is', () => {
    expect(commandPurpose('a=1 '.repeat(1e6))).toBe('other');
    expect(commandPurpose(`"${'\\'.repeat(1e6)}`)).toBe('other');
  });
});

describe('what a prompt was about', () => {
  type Use = Purpose | `${Purpose} fails`;
  const about = (...uses: Use[]): string => {
    const prompt = new PromptUses();
    for (const [i, use] of uses.entries()) {
      const purpose = use.replace(' fails', '') as Purpose;
      prompt.add({ purpose, askedMs: i * 10, endedMs: i * 10 + 5, failed: use.endsWith('fails') });
    }
    return prompt.workflow;
  };

  it.each<[Use[], string]>([
    [['look', 'code', 'test run'], 'code generation'],
    [['code', 'test run fails'], 'code generation'],
    [['test run fails', 'code', 'test run'], 'debugging'],
    [['other fails', 'documentation'], 'debugging'],
    [['code fails', 'code'], 'debugging'],
    [['look', 'documentation', 'other'], 'documentation'],
    [['tests', 'test run'], 'testing'],
    [['tests', 'documentation'], 'code generation'],
    [['tests', 'code'], 'code generation'],
    [['look', 'test run fails', 'look'], 'testing'],
    [['look', 'look fails'], 'review and exploration'],
    [['nothing', 'look'], 'review and exploration'],
    [['nothing'], 'other'],
    [['look', 'other'], 'other'],
  ])('%j: %s', (uses, workflow) => expect(about(...uses)).toBe(workflow));

  it('takes an edit that was asked for before the failure for no answer to it', () => {
    const prompt = new PromptUses();
    prompt.add({ purpose: 'other', askedMs: 0, endedMs: 50, failed: true });
    prompt.add({ purpose: 'code', askedMs: 1, endedMs: 60, failed: false });
    expect(prompt.workflow).toBe('code generation');
    expect(prompt.lastMs).toBe(60);
  });
});
