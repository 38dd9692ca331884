import type { Assistant } from '../../../../usage/event.ts';

/** How somebody of the demonstration works with assistants. */
export type Habit = 'power' | 'steady' | 'light' | 'dear' | 'new' | 'declining' | 'left' | 'idle';

export interface DemoSeat {
  assistant: Extract<Assistant, 'claude-code' | 'cursor'>;
  tier: string;
}

export interface DemoPerson {
  name: string;
  email: string;
  team: string;
  department: string;
  habit: Habit;
  seats: readonly DemoSeat[];
  /** Without a seat, paid by use. */
  metered: readonly Extract<Assistant, 'claude-cowork' | 'gemini-cli'>[];
  projects: readonly [string, ...string[]];
}

/** Reserved for documentation (RFC 2606): nobody can have such an address. */
export const DEMO_DOMAIN = 'halden.example';

interface Team {
  team: string;
  department: string;
  projects: readonly [string, ...string[]];
  /** `name habit seats`: m5, m20 and tp are tiers of Claude Code, cu of Cursor; co and ge are Cowork and Gemini CLI. */
  people: readonly string[];
}

const TEAMS: readonly Team[] = [
  {
    team: 'Platform',
    department: 'Engineering',
    projects: ['gateway', 'deploy-tools', 'observability'],
    people: [
      'Ines Okafor|power|m20',
      'Tomas Lindqvist|power|m20 ge',
      'Aiko Hayashi|steady|m5',
      'Ravi Menon|steady|m5 cu',
      'Lucia Ferrari|light|m5',
      'Owen Gallagher|dear|m20',
      'Sanna Virtanen|declining|m5',
    ],
  },
  {
    team: 'Payments',
    department: 'Engineering',
    projects: ['ledger', 'checkout', 'fraud-rules'],
    people: [
      'Amara Diallo|power|m20',
      'Piotr Nowak|steady|m5',
      'Chloe Martin|steady|cu',
      'Diego Alvarez|steady|m5 cu',
      'Hannah Weiss|light|cu',
      'Kofi Mensah|new|m5',
      'Erik Johansen|idle|m20',
    ],
  },
  {
    team: 'Mobile',
    department: 'Engineering',
    projects: ['ios-app', 'android-app'],
    people: [
      'Mei Chen|power|m5 cu',
      'Jonas Becker|steady|cu',
      'Fatima Zahra|steady|cu ge',
      'Liam Byrne|light|cu',
      'Noor Haddad|new|cu',
      'Marta Silva|left|cu',
    ],
  },
  {
    team: 'Data',
    department: 'Engineering',
    projects: ['warehouse', 'forecasting', 'event-schema'],
    people: [
      'Viktor Petrov|steady|m5 ge',
      'Grace Kimani|steady|tp',
      'Daniel Roth|light|ge',
      'Yuki Tanaka|dear|tp',
      'Elena Popescu|steady|ge',
    ],
  },
  {
    team: 'Quality',
    department: 'Engineering',
    projects: ['test-bench', 'release-checks'],
    people: ['Samir Khan|steady|m5', 'Julia Novak|light|m5', 'Ben Carter|idle|m5', 'Aoife Kelly|left|m5'],
  },
  {
    team: 'Product',
    department: 'Product',
    projects: ['roadmap', 'research-notes'],
    people: ['Nadia Rahman|steady|co', 'Oscar Blom|light|co', 'Priya Nair|steady|co', 'Camille Dubois|new|co'],
  },
  {
    team: 'Finance',
    department: 'Operations',
    projects: ['month-end', 'vendor-review'],
    people: ['Stefan Huber|light|co', 'Alice Wong|steady|co', 'Peter Dahl|idle|cu'],
  },
];

const SEATS: Readonly<Record<string, DemoSeat>> = {
  m5: { assistant: 'claude-code', tier: 'max_5x' },
  m20: { assistant: 'claude-code', tier: 'max_20x' },
  tp: { assistant: 'claude-code', tier: 'team_premium' },
  cu: { assistant: 'cursor', tier: 'business' },
};

function personOf(text: string, { team, department, projects }: Team): DemoPerson {
  const [name = '', habit = 'steady', tools = ''] = text.split('|');
  const words = tools.split(' ');
  return {
    name,
    email: `${name.toLowerCase().replaceAll(' ', '.')}@${DEMO_DOMAIN}`,
    team,
    department,
    habit: habit as Habit,
    seats: words.flatMap((word) => SEATS[word] ?? []),
    metered: [
      ...(words.includes('co') ? (['claude-cowork'] as const) : []),
      ...(words.includes('ge') ? (['gemini-cli'] as const) : []),
    ],
    projects,
  };
}

/** Everybody of Halden Instruments, a company that does not exist. */
export const DEMO_PEOPLE: readonly DemoPerson[] = TEAMS.flatMap((team) =>
  team.people.map((text) => personOf(text, team)),
);
