import { EDIT_TOOLS, READ_TOOLS } from '../../../usage/workflow.ts';
import { commandPurpose } from './command-purpose.ts';

/** What one use of a tool was for, as far as its name, its path or its command tells. */
export type Purpose = 'code' | 'documentation' | 'tests' | 'test run' | 'look' | 'nothing' | 'other';

/** Sub-agents' own tools tell what they were sent for; lists, plans and questions keep house. */
const HOUSEKEEPING: readonly string[] = [
  ...['Agent', 'Task', 'TaskCreate', 'TaskUpdate', 'TaskGet', 'TaskList', 'TaskOutput', 'TaskStop', 'SendMessage'],
  ...['TodoRead', 'TodoWrite', 'EnterPlanMode', 'ExitPlanMode', 'AskUserQuestion', 'Skill', 'ToolSearch'],
  ...['BashOutput', 'KillShell'],
];
const SHELLS: readonly string[] = ['Bash', 'PowerShell'];
/** Longer paths tell no more. */
const MOST_CHARACTERS = 4096;

/** `cwd`: where the work was done; folders above it say nothing of a file. */
export function purposeOf(tool: string, input: Readonly<Record<string, unknown>>, cwd: string | null): Purpose {
  if (EDIT_TOOLS.includes(tool)) return editPurpose(input.file_path ?? input.notebook_path, cwd);
  if (READ_TOOLS.includes(tool)) return 'look';
  if (tool === 'LSP') return 'look';
  if (SHELLS.includes(tool)) return typeof input.command === 'string' ? commandPurpose(input.command) : 'other';
  return HOUSEKEEPING.includes(tool) ? 'nothing' : 'other';
}

const PROSE = /\.(?:md|mdx|markdown|rst|adoc|asciidoc|txt|org|tex)$/i;
const NAMED_PROSE = /^(?:readme|changelog|contributing|authors|license|notice)$/i;
/** Named like prose, and read by programs. */
const NO_PROSE = /^(?:.*requirements.*|constraints.*|cmakelists|robots|runtime|version)\.txt$/i;
const PROSE_FOLDERS = /^(?:docs?|documentation)$/i;
const TEST_FOLDERS = /^(?:tests?|__tests__|__snapshots__|specs?|e2e|testdata|cypress)$/i;
const TEST_NAME = /(?:^|[._-])(?:tests?|specs?|e2e)(?:[._-]|$)|[a-z\d](?:Tests?|Spec)(?:\.|$)/;
/** What the client itself notes down: plans, memories. */
const OWN_NOTES = /(?:^|\/)\.claude\/(?:plans|projects)\//;

function editPurpose(path: unknown, cwd: string | null): Purpose {
  if (typeof path !== 'string') return 'code';
  const whole = slashed(path);
  if (OWN_NOTES.test(whole)) return 'nothing';
  const top = cwd === null ? '' : `${slashed(cwd)}/`;
  const parts = (top !== '' && whole.startsWith(top) ? whole.slice(top.length) : whole).split('/');
  const name = parts.pop() ?? '';
  if (NAMED_PROSE.test(name) || (PROSE.test(name) && !NO_PROSE.test(name))) return 'documentation';
  if (TEST_NAME.test(name) || parts.some((folder) => TEST_FOLDERS.test(folder))) return 'tests';
  return parts.some((folder) => PROSE_FOLDERS.test(folder)) ? 'documentation' : 'code';
}

const slashed = (path: string): string => path.slice(0, MOST_CHARACTERS).replaceAll('\\', '/').replace(/\/+$/, '');
