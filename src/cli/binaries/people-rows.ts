import { UsageError } from '../../errors.ts';
import type { AuditOptions } from '../commands/server/audit.ts';
import type { AddMappingOptions, RemoveMappingOptions } from '../commands/server/mappings.ts';
import type { OrganizationOptions } from '../commands/server/organization.ts';
import type { ExportFileOptions, ImportFileOptions, PeopleFile } from '../commands/server/people-file.ts';
import type { EndSeatOptions, PricesOptions, SetSeatOptions } from '../commands/server/seats.ts';
import type { InviteOptions, MergeOptions, OneUserOptions, SetUserOptions } from '../commands/server/users.ts';
import type { CommandRow, OptionRow } from '../table.ts';
import { command } from '../table.ts';

type Connection = Readonly<Record<'endpoint' | 'apiKey' | 'data' | 'insecure' | 'org', OptionRow>>;

export const PEOPLE_GROUPS = {
  users: 'Keep the roster: who belongs to the organisation, in what team, since when.',
  seats: 'Keep the subscriptions: who holds which, from when to when, at what price.',
  mappings: 'Say who the actors are that no e-mail names: keys of vendors, accounts, logins.',
};

function number(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`"${text}" is no number of at least 1`);
  return Number(text);
}

const roles = ['member', 'manager', 'admin'] as const;
const from = (text: string): OptionRow => ({ flags: '--from <date>', text });
const to = (text: string): OptionRow => ({ flags: '--to <date>', text });
const email = { syntax: '<email>', text: 'whom it is about' };
const assistant = { syntax: '<assistant>', text: 'claude-code, cursor …' };

const users = () => import('../commands/server/users.ts');
const seats = () => import('../commands/server/seats.ts');
const mappings = () => import('../commands/server/mappings.ts');
const files = () => import('../commands/server/people-file.ts');

/** A CSV file in and out. */
const fileRows = (connection: Connection, group: string, kind: PeopleFile, columns: string): CommandRow[] => [
  command<ImportFileOptions>({
    name: `${group} import`,
    summary: 'Take a CSV file in: good rows count, bad ones are listed.',
    details: `Columns: ${columns}; the first line names them. The same file again changes nothing; an empty cell leaves what is there. Exit is 1 where a row was not taken.`,
    arguments: { file: { syntax: '<file>', text: 'the file; - for standard input' } },
    options: { dryRun: { flags: '--dry-run', text: 'say what would happen, and change nothing' }, ...connection },
    examples: [`revenium-server ${group} import ${kind}.csv --dry-run`, `revenium-server ${group} import ${kind}.csv`],
    load: async () => (await files()).importer(kind),
  }),
  command<ExportFileOptions>({
    name: `${group} export`,
    summary: 'Print them as CSV, in the form that import reads back.',
    options: { output: { flags: '--output <file>', text: 'where to write; default: standard output' }, ...connection },
    examples: [`revenium-server ${group} export --output ${kind}.csv`],
    load: async () => (await files()).exporter(kind),
  }),
];

const userRows = (connection: Connection): CommandRow[] => [
  command<OrganizationOptions>({
    name: 'users list',
    summary: 'List the roster, those who left too.',
    options: connection,
    examples: ['revenium-server users list', 'revenium-server users list --json'],
    load: async () => ({ run: (await users()).listUsers }),
  }),
  command<SetUserOptions>({
    name: 'users set',
    summary: 'Add a person, or change what is said of them.',
    details: 'What is not named stays as it is. Teams and leaving are history: what was before stays in the past.',
    arguments: { email },
    options: {
      name: { flags: '--name <name>', text: 'for people to read' },
      team: { flags: '--team <team>', text: 'the team they belong to' },
      department: { flags: '--department <department>', text: "default: the team's" },
      role: { flags: '--role <role>', text: 'what they may see when they sign in', choices: roles },
      manager: { flags: '--manager <email>', text: 'who leads them' },
      alias: { flags: '--alias <list>', text: 'other addresses and actors of theirs: ada@home.org,github:ada' },
      from: from('since when team and department hold; default: always for a new person, else now'),
      to: to('when they leave or left'),
      ...connection,
    },
    examples: [
      'revenium-server users set ada@acme.com --name "Ada Lovelace" --team web --role manager',
      'revenium-server users set ada@acme.com --team core --from 2026-11-01',
      'revenium-server users set bob@acme.com --to 2026-11-30',
    ],
    load: async () => ({ run: (await users()).setUser }),
  }),
  command<InviteOptions>({
    name: 'users invite',
    summary: 'Print a link that lets a person sign in, once.',
    arguments: { email },
    options: {
      role: { flags: '--role <role>', text: 'default: what the roster says, else member', choices: roles },
      days: { flags: '--days <number>', text: 'how long the link works (7)', parse: number },
      ...connection,
    },
    examples: ['revenium-server users invite ada@acme.com --role manager'],
    load: async () => ({ run: (await users()).inviteUser }),
  }),
  command<MergeOptions>({
    name: 'users merge',
    summary: 'Say that two people of the roster are one, for all of the past.',
    arguments: { email: { syntax: '<email>', text: 'who' }, into: { syntax: '<into>', text: 'is who' } },
    options: connection,
    examples: ['revenium-server users merge ada.l@acme.com ada@acme.com'],
    load: async () => ({ run: (await users()).mergeUsers }),
  }),
  command<OneUserOptions>({
    name: 'users unmerge',
    summary: 'Undo a merge.',
    arguments: { email },
    options: connection,
    examples: ['revenium-server users unmerge ada.l@acme.com'],
    load: async () => ({ run: (await users()).unmergeUser }),
  }),
  ...fileRows(connection, 'users', 'members', 'email, name, aliases, team, department, role, manager, from, to'),
];

const seatRows = (connection: Connection): CommandRow[] => [
  command<OrganizationOptions>({
    name: 'seats list',
    summary: 'List all seats, past ones too.',
    options: connection,
    examples: ['revenium-server seats list'],
    load: async () => ({ run: (await seats()).listSeats }),
  }),
  command<SetSeatOptions>({
    name: 'seats set',
    summary: 'Give a person a seat, or change it.',
    details: 'What was held before stays in the past.',
    arguments: { email, assistant, tier: { syntax: '<tier>', text: 'max_20x, business …; see `seats prices`' } },
    options: {
      price: { flags: '--price <dollars>', text: 'a month; default: the price of the tier' },
      from: from('since when; default: always for a first seat, else now'),
      to: to('until when, exclusive'),
      ...connection,
    },
    examples: [
      'revenium-server seats set ada@acme.com claude-code max_20x',
      'revenium-server seats set bob@acme.com cursor business --price 32 --from 2026-11-01',
    ],
    load: async () => ({ run: (await seats()).setSeat }),
  }),
  command<EndSeatOptions>({
    name: 'seats end',
    summary: 'A seat is given back.',
    arguments: { email, assistant },
    options: { at: { flags: '--at <date>', text: 'default: now' }, ...connection },
    examples: ['revenium-server seats end ada@acme.com cursor --at 2026-12-01'],
    load: async () => ({ run: (await seats()).endSeat }),
  }),
  command<PricesOptions>({
    name: 'seats prices',
    summary: 'Show tiers, plans and what they cost a month, or change a price.',
    options: {
      set: {
        flags: '--set <price>',
        text: 'assistant:tier=dollars, for seats given from now on; =default for the list',
      },
      ...connection,
    },
    examples: ['revenium-server seats prices', 'revenium-server seats prices --set cursor:business=32'],
    load: async () => ({ run: (await seats()).seatPrices }),
  }),
  ...fileRows(connection, 'seats', 'seats', 'email, assistant, tier, plan, monthly_price (dollars), from, to'),
];

const mappingRows = (connection: Connection): CommandRow[] => [
  command<OrganizationOptions>({
    name: 'mappings list',
    summary: 'List the actors that have been given to people.',
    options: connection,
    examples: ['revenium-server mappings list'],
    load: async () => ({ run: (await mappings()).listMappings }),
  }),
  command<OrganizationOptions>({
    name: 'mappings unmapped',
    summary: 'List the actors that nobody has been named for, and who they may be.',
    options: connection,
    examples: ['revenium-server mappings unmapped'],
    load: async () => ({ run: (await mappings()).listUnmapped }),
  }),
  command<AddMappingOptions>({
    name: 'mappings add',
    summary: 'Say who an actor is, or was for a time; counts for the past at once.',
    arguments: {
      actor: { syntax: '<actor>', text: 'as `mappings unmapped` lists it' },
      person: { syntax: '<person>', text: 'an e-mail address' },
    },
    options: { from: from('default: all of the past'), to: to('exclusive; default: from now on too'), ...connection },
    examples: ['revenium-server mappings add anthropic-key:apikey_01Rj ada@acme.com'],
    load: async () => ({ run: (await mappings()).addMapping }),
  }),
  command<RemoveMappingOptions>({
    name: 'mappings remove',
    summary: 'Let an actor stand for itself again.',
    arguments: { actor: { syntax: '<actor>', text: 'as `mappings list` shows it' } },
    options: connection,
    examples: ['revenium-server mappings remove anthropic-key:apikey_01Rj'],
    load: async () => ({ run: (await mappings()).removeMapping }),
  }),
  ...fileRows(connection, 'mappings', 'mappings', 'actor, person, from, to'),
];

/** People, seats, mappings, and who changed what. */
export const peopleRows = (connection: Connection): CommandRow[] => [
  ...userRows(connection),
  ...seatRows(connection),
  ...mappingRows(connection),
  command<AuditOptions>({
    name: 'audit',
    summary: 'Print who changed what, when: the latest first.',
    options: {
      limit: { flags: '--limit <number>', text: 'how many', fallback: 100, parse: number },
      kind: { flags: '--kind <kind>', text: 'of one kind only: key, member, seat, mapping …' },
      ...connection,
    },
    examples: ['revenium-server audit', 'revenium-server audit --kind key --limit 1000 --json'],
    load: () => import('../commands/server/audit.ts'),
  }),
];
