import { BoundedMap } from './bounded-map.ts';
import type { Assistant, Billing } from './event.ts';

/** A subscription as configured: what a person's calls to an assistant run under. */
export interface Tier {
  /** As written in settings and on the wire: `max_20x`. */
  id: string;
  /** For people: `Claude Max 20x`. */
  label: string;
  /** How its calls are paid. Enterprise has a seat too, and pays for consumption on top. */
  billing: Exclude<Billing, 'unknown'>;
  /** The seat in the price table (`vendor`, `plan`); null where there is none. */
  seat: { vendor: string; plan: string } | null;
}

const tier = (id: string, label: string, billing: Tier['billing'], seat: Tier['seat']): Tier => ({
  id,
  label,
  billing,
  seat,
});
const claude = (id: string, plan: string, billing: Tier['billing'] = 'seat'): Tier =>
  tier(id, plan, billing, { vendor: 'Anthropic', plan });
const cursor = (id: string, label: string, plan: string, billing: Tier['billing'] = 'seat'): Tier =>
  tier(id, label, billing, { vendor: 'Cursor', plan });

const CLAUDE: readonly Tier[] = [
  claude('pro', 'Claude Pro'),
  claude('max_5x', 'Claude Max 5x'),
  claude('max_20x', 'Claude Max 20x'),
  claude('team_premium', 'Claude Team Premium'),
  claude('enterprise', 'Claude Enterprise', 'metered'),
  tier('api', 'Claude API', 'metered', null),
];

const CURSOR: readonly Tier[] = [
  cursor('pro', 'Cursor Pro', 'Pro'),
  cursor('business', 'Cursor Business (Teams Standard)', 'Teams Standard'),
  cursor('enterprise', 'Cursor Enterprise', 'Enterprise', 'metered'),
  tier('api', 'Cursor API', 'metered', null),
];

const TIERS: Readonly<Record<Assistant, readonly Tier[]>> = {
  'claude-code': CLAUDE,
  // Paid by use, whatever the seat of the same person.
  'claude-cowork': [],
  'gemini-cli': [],
  cursor: CURSOR,
  openai: [],
};

/** Cursor renamed its Business plan. */
const ALIASES: Readonly<Partial<Record<Assistant, Readonly<Record<string, string>>>>> = {
  cursor: { teams: 'business', teamsstandard: 'business' },
};

/** The tiers to choose from, in the order to show them. */
export const tiersOf = (assistant: Assistant): readonly Tier[] => TIERS[assistant];

/** `Max 20x`, `max-20x`, `claude_max_20x` and `MAX20X` are one. */
const letters = (text: string): string =>
  text
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/^(?:claude|cursor)(?=.)/, '');

// Asked for every record received, with a few spellings in use.
const found = new BoundedMap<string, Tier | 'none'>(1000);

/** The tier that a text means, however it is spelt; null where it means none. */
export function findTier(assistant: Assistant, text: string | null): Tier | null {
  if (text === null) return null;
  const tier = found.getOr(`${assistant}:${text.slice(0, 64)}`, () => spelt(assistant, text) ?? 'none');
  return tier === 'none' ? null : tier;
}

function spelt(assistant: Assistant, text: string): Tier | undefined {
  const name = letters(text);
  const alias = new Map(Object.entries(ALIASES[assistant] ?? {})).get(name) ?? name;
  return TIERS[assistant].find(({ id }) => letters(id) === alias);
}

/** Who pays for a call. Cowork and organisation API keys are metered whatever is configured. */
export function billingOf(assistant: Assistant, text: string | null): Billing {
  if (assistant === 'claude-cowork' || assistant === 'openai') return 'metered';
  const tier = findTier(assistant, text);
  if (tier) return tier.billing;
  return text !== null && letters(text) === 'api' ? 'metered' : 'unknown';
}
