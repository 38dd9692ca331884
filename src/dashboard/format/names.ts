/** What people call the assistants, with the place each has in the palette and among the shapes. */
export const ASSISTANTS = [
  ['claude-code', 'Claude Code'],
  ['claude-cowork', 'Claude Cowork'],
  ['gemini-cli', 'Gemini CLI'],
  ['cursor', 'Cursor'],
  ['openai', 'OpenAI'],
] as const;

/** Where a source is silent. */
export const NOT_SAID = 'Not reported';

/** Whose APIs usage is read from. */
export const VENDORS = [
  ['anthropic', 'Anthropic'],
  ['openai', 'OpenAI'],
  ['cursor', 'Cursor'],
  ['github', 'GitHub'],
] as const;

const VENDOR_NAMES: ReadonlyMap<string, string> = new Map(VENDORS);

export const vendorName = (id: string): string => VENDOR_NAMES.get(id) ?? id;

const ASSISTANT_NAMES: ReadonlyMap<string, string> = new Map(ASSISTANTS);

export const assistantName = (id: string | null): string => (id === null ? NOT_SAID : (ASSISTANT_NAMES.get(id) ?? id));

/** `ada@acme.com` of `email:ada@acme.com`; other actors keep their kind, which says why they have no name. */
export function personName(actor: string | null | undefined): string {
  if (actor === null || actor === undefined || actor === '') return 'Not attributed';
  if (actor.startsWith('email:')) return actor.slice(6);
  const [kind = '', ...rest] = actor.split(':');
  const id = rest.join(':');
  const kinds: Readonly<Record<string, string>> = {
    account: 'account',
    'anthropic-key': 'Anthropic key',
    installation: 'installation',
    github: 'GitHub',
  };
  return id === '' ? actor : `${kinds[kind] ?? kind} ${id}`;
}

const MODEL_WORDS = /^claude-|-\d{8}$|^models\//g;

/** `opus-4-1` of `claude-opus-4-1-20250805`: what tells models apart, without what all have. */
export const modelName = (model: string | null): string => (model === null ? NOT_SAID : model.replace(MODEL_WORDS, ''));

export function agentName(agent: string | null): string {
  if (agent === null) return NOT_SAID;
  if (agent === 'main') return 'Main conversation';
  return agent.startsWith('background:')
    ? `Background: ${agent.slice(11).replaceAll('_', ' ')}`
    : `Sub-agent: ${agent}`;
}

const NONE: Readonly<Record<string, string>> = {
  team: 'No team',
  department: 'No department',
  project: 'No project',
  repository: 'No repository',
};

/** The value of any dimension as people read it. */
export function valueName(dimension: string, value: string | null): string {
  if (dimension === 'assistant') return assistantName(value);
  if (dimension === 'user' || dimension === 'person') return personName(value);
  if (dimension === 'agent') return agentName(value);
  if (dimension === 'model') return modelName(value);
  return value ?? NONE[dimension] ?? NOT_SAID;
}
