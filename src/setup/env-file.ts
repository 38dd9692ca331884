/**
 * `revenium.env`: a record of names and values in a form that every POSIX shell sources, and that we (and the twins
 * for fish and PowerShell) read back. It may be edited by hand; lines that are not ours stay as they are.
 */
export type EnvRecord = Readonly<Record<string, string>>;

/** One word, quoted for a POSIX shell; plain where that is safe. */
export const quotePosix = (value: string): string =>
  /^[\w@%+:,./-][\w@%+:,./=-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;

// The twins hold this grammar too: see `twins.ts`. Only a line feed ends a line; `.` alone would also stop at U+2028.
const PARTS = /'([^']*)'|"((?:[^"\\$`]|\\[^])*)"|\\([^])|([^\s'"\\$`;&|<>(){~#][^\s'"\\$`;&|<>(){]*)/y;

/** The value of a shell word, or null where only a shell can tell it (`$HOME/x`) or nothing can. */
export function readWord(text: string): string | null {
  let value = '';
  PARTS.lastIndex = 0;
  for (;;) {
    const start = PARTS.lastIndex;
    const match = PARTS.exec(text);
    if (!match) return /^(?:\s+#.*|\s*)$/s.test(text.slice(start)) ? value : null;
    const [, single, double, escaped, bare] = match;
    value += single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? bare ?? '';
  }
}

interface Assignment {
  name: string;
  value: string | null;
}

function readAssignment(line: string): Assignment | null {
  const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/s.exec(line);
  return match?.[1] === undefined ? null : { name: match[1], value: readWord(match[2] ?? '') };
}

const linesOf = (text: string): string[] => text.split(/\r?\n/);

/** What the file sets; of a name set twice the last counts. Values that only a shell can tell are left out. */
export function readEnvFile(text: string): Record<string, string> {
  const found = new Map<string, string>();
  for (const { name, value } of linesOf(text).flatMap((line) => readAssignment(line) ?? [])) {
    if (value === null) found.delete(name);
    else found.set(name, value);
  }
  return Object.fromEntries(found);
}

/**
 * The file with `values` set, and the names in `unset` gone. A line that already says the right thing, and every line
 * about something else, stays as it is; `header` starts a new file.
 */
export function editEnvFile(text: string | null, header: string, values: EnvRecord, unset: readonly string[]): string {
  const lines = text === null ? [`# ${header}`] : linesOf(text.replace(/\r?\n$/, ''));
  const done = new Set<string>();
  const kept = lines.toReversed().flatMap((line) => {
    const found = readAssignment(line);
    if (!found) return [line];
    const wanted = Object.hasOwn(values, found.name) ? values[found.name] : undefined;
    if (wanted === undefined) return unset.includes(found.name) ? [] : [line];
    if (done.has(found.name)) return [];
    done.add(found.name);
    return [found.value === wanted && /^\s*export\s/.test(line) ? line : assignment(found.name, wanted)];
  });
  const added = Object.entries(values).filter(([name]) => !done.has(name));
  return [...kept.toReversed(), ...added.map(([name, value]) => assignment(name, value))].join('\n') + '\n';
}

const assignment = (name: string, value: string): string => `export ${name}=${quotePosix(value)}`;
