import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { VERSION } from '../version.ts';
import type { Binary, CommandRow, CommonOptions, OptionRow } from './table.ts';

export type Chosen = CommonOptions & { color: boolean } & Record<string, unknown>;
type Given = Partial<CommonOptions> & { color: boolean };

interface Streams {
  out: (text: string) => void;
  err: (text: string) => void;
  columns: number;
}

function toOption({ flags, text, choices, fallback, parse }: OptionRow): Option {
  const option = new Option(flags, text);
  if (choices) option.choices(choices);
  if (fallback !== undefined) option.default(fallback);
  if (parse)
    option.argParser((value: string) => {
      try {
        return parse(value);
      } catch (error) {
        throw error instanceof UsageError ? new InvalidArgumentError(error.message) : error;
      }
    });
  return option;
}

const exampleText = (examples: readonly string[]): string =>
  examples.length === 0 ? '' : `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}\n`;

/** Settings that commander copies to a command made by `.command()`, but not to one made by hand. */
function settle(command: Command, { out, err, columns }: Streams): Command {
  return command
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err, getOutHelpWidth: () => columns, getErrHelpWidth: () => columns })
    .configureHelp({ showGlobalOptions: true })
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false);
}

function groupOf(root: Command, binary: Binary, word: string): Command {
  const found = root.commands.find((command) => command.name() === word);
  if (found) return found;
  return root.command(word).description(binary.groups?.[word] ?? '');
}

function addRow(parent: Command, name: string, row: CommandRow, act: (chosen: Chosen) => Promise<void>): void {
  const target = name === '' ? parent : parent.command(name);
  target.summary(row.summary).description(row.details ? `${row.summary}\n\n${row.details}` : row.summary);
  const names = Object.keys(row.arguments ?? {});
  for (const { syntax, text } of Object.values(row.arguments ?? {})) target.addArgument(new Argument(syntax, text));
  for (const option of Object.values(row.options ?? {})) target.addOption(toOption(option));
  target.addHelpText('after', exampleText(row.examples));
  target.action(async () => {
    const given = Object.fromEntries(names.map((key, i) => [key, target.processedArgs[i] as unknown]));
    await act({ json: false, verbose: false, ...target.optsWithGlobals<Given>(), ...given });
  });
}

/** The commander program of a binary: declares and parses, knows nothing of what the commands do. */
export function buildProgram(
  name: string,
  binary: Binary,
  streams: Streams,
  act: (row: CommandRow, chosen: Chosen) => Promise<void>,
): Command {
  const root = settle(new Command(name), streams)
    .description(binary.summary)
    .version(VERSION, '-V, --version', 'show the version')
    .option('--json', 'print one JSON document on stdout')
    .option('-v, --verbose', 'say more on stderr')
    .option('--no-color', 'no colours (also: NO_COLOR=1)');
  for (const row of binary.commands) {
    const words = row.name.split(' ');
    const last = words.pop() ?? '';
    const parent = words.reduce((command, word) => groupOf(command, binary, word), root);
    addRow(parent, last, row, (chosen) => act(row, chosen));
  }
  if (root.commands.length > 0)
    root.addHelpText('after', exampleText(binary.commands.flatMap(({ examples }) => examples[0] ?? [])));
  return root;
}
