import type { Machine } from './machine.ts';
import { folderFrom, pathsOf } from './machine.ts';
import type { TwinFile } from './twins.ts';

/** What has to be found out about a machine before one can say which files its shells read. */
export interface ShellFacts {
  exists: (path: string) => boolean;
  /** Where zsh itself says that its files are; it may be set in ~/.zshenv, unexported. */
  zshFolder: string | null;
  /** Windows: the Documents folder, which OneDrive may have moved. */
  documents: string | null;
}

/** A shell whose profile setup can edit. */
export interface Shell {
  id: 'bash' | 'zsh' | 'fish' | 'powershell';
  label: string;
  /** The files that a login shell and an interactive shell read; what is missing is created. */
  profiles: (machine: Machine, facts: ShellFacts) => string[];
  /** What it sources instead of `revenium.env`. */
  twin: TwinFile | null;
  /** One line that loads a file, quietly, if it is there. */
  load: (machine: Machine, path: string) => string;
}

/** The path for people and shells alike: under `$HOME` where it is, so that a profile can be shared by machines. */
function underHome(machine: Machine, path: string): string | null {
  const { sep } = pathsOf(machine);
  return path.startsWith(machine.home + sep) ? `$HOME${path.slice(machine.home.length)}` : null;
}

const escapeAll = (text: string, characters: RegExp, by: string): string =>
  text.replace(characters, (character) => by + character);

function posixPath(machine: Machine, path: string): string {
  const short = underHome(machine, path);
  return short === null
    ? `'${path.replaceAll("'", `'\\''`)}'`
    : `"$HOME${escapeAll(short.slice(5), /["\\$`]/g, '\\')}"`;
}

function fishPath(machine: Machine, path: string): string {
  const short = underHome(machine, path);
  return short === null
    ? `'${escapeAll(path, /['\\]/g, '\\')}'`
    : `"$HOME${escapeAll(short.slice(5), /["\\$]/g, '\\')}"`;
}

function powershellPath(machine: Machine, path: string): string {
  const short = underHome(machine, path);
  return short === null ? `'${path.replaceAll("'", "''")}'` : `"$HOME${escapeAll(short.slice(5), /["`$]/g, '`')}"`;
}

const loadPosix = (machine: Machine, path: string): string => {
  const word = posixPath(machine, path);
  return `if [ -r ${word} ]; then . ${word}; fi`;
};

const configFolder = (machine: Machine): string =>
  folderFrom(machine, 'XDG_CONFIG_HOME') ?? pathsOf(machine).join(machine.home, '.config');

const bash: Shell = {
  id: 'bash',
  label: 'bash',
  twin: null,
  load: loadPosix,
  profiles: (machine, { exists }) => {
    const at = (name: string): string => pathsOf(machine).join(machine.home, name);
    // A login shell reads the first of these only, so that creating an earlier one would hide a later one.
    const login = ['.bash_profile', '.bash_login', '.profile'].map(at).find(exists);
    return [at('.bashrc'), login ?? at(machine.platform === 'darwin' ? '.bash_profile' : '.profile')];
  },
};

const zsh: Shell = {
  id: 'zsh',
  label: 'zsh',
  twin: null,
  load: loadPosix,
  profiles: (machine, { zshFolder }) => {
    const folder = zshFolder ?? folderFrom(machine, 'ZDOTDIR') ?? machine.home;
    return ['.zshrc', '.zprofile'].map((name) => pathsOf(machine).join(folder, name));
  },
};

const fish: Shell = {
  id: 'fish',
  label: 'fish',
  twin: 'revenium.fish',
  load: (machine, path) => {
    const word = fishPath(machine, path);
    return `if test -r ${word}; source ${word}; end`;
  },
  profiles: (machine) => [pathsOf(machine).join(configFolder(machine), 'fish', 'config.fish')],
};

const powershell: Shell = {
  id: 'powershell',
  label: 'PowerShell',
  twin: 'revenium.ps1',
  load: (machine, path) => {
    const word = powershellPath(machine, path);
    return `if (Test-Path -LiteralPath ${word}) { . ${word} }`;
  },
  profiles: (machine, { exists, documents }) => {
    const paths = pathsOf(machine);
    if (machine.platform !== 'win32') return [paths.join(configFolder(machine), 'powershell', 'profile.ps1')];
    const folder = documents ?? paths.join(machine.home, 'Documents');
    // 5.1 is on every Windows; 7 has a folder of its own once it has been used.
    const seven = paths.join(folder, 'PowerShell');
    const runsSeven = /[\\/]PowerShell[\\/]/i.test(machine.env.PSModulePath ?? '');
    const folders = [paths.join(folder, 'WindowsPowerShell'), ...(runsSeven || exists(seven) ? [seven] : [])];
    return folders.map((each) => paths.join(each, 'profile.ps1'));
  },
};

export const SHELLS: readonly Shell[] = [bash, zsh, fish, powershell];

/** `nushell` is told what to add, and edits nothing. */
export const SHELL_NAMES = ['bash', 'zsh', 'fish', 'powershell', 'nushell'] as const;
export type ShellName = (typeof SHELL_NAMES)[number];

export const shellNamed = (name: ShellName): Shell | null => SHELLS.find(({ id }) => id === name) ?? null;

/** For nushell's config.nu: reads `revenium.env` at shell start. */
export const nushellLine = (path: string): string =>
  `open --raw ${JSON.stringify(path)} | lines | parse --regex '^export (?<name>\\w+)=(?<value>.*)$' | update value {|row| $row.value | str replace --regex "^'(.*)'$" '$1' | str replace --all "'\\\\''" "'" } | transpose --header-row --as-record | load-env`;
