import type { Context } from './context.ts';

/** What every command can be asked for, whatever else it offers. */
export interface CommonOptions {
  /** One document on stdout. */
  json: boolean;
  verbose: boolean;
}

export interface OptionRow {
  /** As commander writes it: `-k, --api-key <key>`. */
  flags: string;
  text: string;
  choices?: readonly string[];
  /** Shown in the help and used when the flag is absent. */
  fallback?: string | number | boolean;
  /** Throws a `UsageError` for a value that will not do. */
  parse?: (value: string) => unknown;
}

export interface ArgumentRow {
  /** `<file>` required, `[file]` optional, `<files...>` several. */
  syntax: string;
  text: string;
}

export interface CommandModule<Options> {
  run: (options: Options, context: Context) => Promise<void>;
}

/**
 * One command. `options` has a row for each property that the command's own `Options` adds to `CommonOptions`;
 * a positional argument arrives as the property `arguments`' key names.
 */
export interface CommandRow<Options extends CommonOptions = never> {
  /** `setup`, or `keys create` for a command inside a group; empty for a binary that is one command. */
  name: string;
  summary: string;
  /** A paragraph more, shown in the command's own help. */
  details?: string;
  arguments?: Readonly<Record<string, ArgumentRow>>;
  options?: Readonly<Record<string, OptionRow>>;
  examples: readonly string[];
  load: () => Promise<CommandModule<Options>>;
}

export interface Binary {
  summary: string;
  /** A line for each group of commands, by its first word. */
  groups?: Readonly<Record<string, string>>;
  commands: readonly CommandRow[];
}

/** Ties a row's option names to the type that its command's `run` takes. */
export function command<Options extends CommonOptions>(
  row: Omit<CommandRow<Options>, 'options' | 'arguments'> & {
    options?: Readonly<Partial<Record<Exclude<keyof Options, keyof CommonOptions>, OptionRow>>>;
    arguments?: Readonly<Partial<Record<Exclude<keyof Options, keyof CommonOptions>, ArgumentRow>>>;
  },
): CommandRow {
  // The program hands `run` exactly the options that the row names, parsed as the row says.
  return row as CommandRow;
}
