import { UsageError } from '../../errors.ts';
import type { LeaderboardOptions } from '../commands/leaderboard/run.ts';
import type { Binary } from '../table.ts';
import { command } from '../table.ts';

const wholeNumber =
  (most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (!/^\d{1,9}$/.test(text) || number < 1 || number > most)
      throw new UsageError(`"${text}" is no number from 1 to ${most}`);
    return number;
  };

export const leaderboard: Binary = {
  summary: 'Rank people by their use of AI coding tools, straight from the APIs of Anthropic, OpenAI and Cursor.',
  commands: [
    command<LeaderboardOptions>({
      name: '',
      summary: 'Rank people by their use of AI coding tools, straight from the APIs of Anthropic, OpenAI and Cursor.',
      details:
        'Reads ANTHROPIC_ADMIN_API_KEY, OPENAI_ORG_API_KEY and CURSOR_ADMIN_API_KEY, from the environment or from .env in ' +
        'the working directory; a vendor without a key is left out. Requests are sessions of Claude Code, API requests of ' +
        'OpenAI, events of Cursor. Days are UTC, the last is today.',
      options: {
        days: { flags: '--days <number>', text: 'how many days, 1 to 365', fallback: 30, parse: wholeNumber(365) },
        sort: {
          flags: '--sort <what>',
          text: 'what to rank by',
          choices: ['requests', 'tokens', 'cost'],
          fallback: 'requests',
        },
        limit: { flags: '--limit <number>', text: 'show the first so many', parse: wholeNumber(1_000_000) },
        csv: { flags: '--csv', text: 'print CSV' },
        server: { flags: '--server', text: 'rank what a Revenium server has stored instead' },
        endpoint: { flags: '--endpoint <url>', text: 'that server (REVENIUM_ENDPOINT; default: the one running here)' },
        apiKey: { flags: '-k, --api-key <key>', text: 'its key (REVENIUM_API_KEY)' },
        data: { flags: '--data <dir>', text: 'data directory of the server running on this machine' },
        org: { flags: '-o, --org <name>', text: "organisation (default: the key's own)" },
        insecure: { flags: '--insecure', text: 'allow plain http to another machine' },
      },
      examples: [
        'revenium-leaderboard',
        'revenium-leaderboard --days 7 --sort cost --limit 10',
        'revenium-leaderboard --json',
        'revenium-leaderboard --server',
      ],
      load: () => import('../commands/leaderboard/run.ts'),
    }),
  ],
};
