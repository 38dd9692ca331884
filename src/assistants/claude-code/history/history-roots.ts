import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** A folder whose session files are read. */
export interface HistoryRoot {
  directory: string;
  assistant: 'claude-code' | 'claude-cowork';
}

export interface Machine {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  cwd: string;
  platform: NodeJS.Platform;
}

export interface HistoryRoots {
  roots: HistoryRoot[];
  /** Folders named in CLAUDE_CONFIG_DIR that hold no `projects`. */
  missing: string[];
}

const children = (directory: string): string[] => {
  try {
    return readdirSync(directory).map((name) => path.join(directory, name));
  } catch {
    return [];
  }
};

/** `~` and relative paths resolved. */
const resolve = (text: string, { home, cwd }: Machine): string =>
  path.resolve(cwd, text === '~' || /^~[/\\]/.test(text) ? home + text.slice(1) : text);

/** CLAUDE_CONFIG_DIR may list several folders, each a configuration folder or its `projects`. */
function namedFolders(value: string, machine: Machine): string[] {
  const whole = resolve(value.trim(), machine);
  if (existsSync(whole)) return [whole];
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => resolve(part, machine));
}

function projectsIn(folder: string): string | null {
  const inside = path.join(folder, 'projects');
  if (existsSync(inside)) return inside;
  return path.basename(folder) === 'projects' && existsSync(folder) ? folder : null;
}

function defaultFolders({ env, home }: Machine, windowsUsers: string): string[] {
  const xdg = env.XDG_CONFIG_HOME ?? '';
  const own = [path.join(home, '.claude'), path.join(xdg === '' ? path.join(home, '.config') : xdg, 'claude')];
  // Inside WSL the Windows side's history is a mount away; other people's homes there are not readable.
  const windows = env.WSL_DISTRO_NAME ? children(windowsUsers).map((user) => path.join(user, '.claude')) : [];
  return [...own, ...windows];
}

/** Where Claude's desktop application keeps its data. */
function applicationData({ env, home, platform }: Machine): string[] {
  if (platform === 'darwin') return [path.join(home, 'Library', 'Application Support', 'Claude')];
  if (platform !== 'win32') {
    const xdg = env.XDG_CONFIG_HOME ?? '';
    return [path.join(xdg === '' ? path.join(home, '.config') : xdg, 'Claude')];
  }
  const local = env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local');
  const packages = children(path.join(local, 'Packages')).filter((name) => path.basename(name).startsWith('Claude_'));
  return [
    path.join(env.APPDATA ?? path.join(home, 'AppData', 'Roaming'), 'Claude'),
    ...packages.map((name) => path.join(name, 'LocalCache', 'Roaming', 'Claude')),
  ];
}

/** `local-agent-mode-sessions/<organisation>/<account>/local_<id>/.claude/projects`; the audit log beside is no history. */
function coworkRoots(machine: Machine): string[] {
  return applicationData(machine)
    .map((data) => path.join(data, 'local-agent-mode-sessions'))
    .flatMap(children)
    .flatMap(children)
    .flatMap(children)
    .filter((session) => path.basename(session).startsWith('local_'))
    .flatMap((session) => projectsIn(path.join(session, '.claude')) ?? []);
}

/**
 * Where Claude Code and Cowork keep their sessions on this machine. CLAUDE_CONFIG_DIR replaces Claude Code's own
 * places; Cowork's are not its to move.
 */
export function historyRoots(machine: Machine, windowsUsers = '/mnt/c/Users'): HistoryRoots {
  const named = machine.env.CLAUDE_CONFIG_DIR?.trim() ?? '';
  const folders = named === '' ? defaultFolders(machine, windowsUsers) : namedFolders(named, machine);
  const found = folders.map((folder) => ({ folder, projects: projectsIn(folder) }));
  const code = found.flatMap(({ projects }) => projects ?? []);
  return {
    roots: [
      ...code.map((directory) => ({ directory, assistant: 'claude-code' as const })),
      ...coworkRoots(machine).map((directory) => ({ directory, assistant: 'claude-cowork' as const })),
    ],
    missing: named === '' ? [] : found.filter(({ projects }) => projects === null).map(({ folder }) => folder),
  };
}
