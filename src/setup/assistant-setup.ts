import type { Tier } from '../usage/tiers.ts';
import type { EnvRecord } from './env-file.ts';
import type { Machine } from './machine.ts';
import type { BlockTag } from './profile-block.ts';

/** What setup asks for. null: not given. */
export interface Answers {
  apiKey: string;
  /** Without a slash at its end: `https://api.revenium.ai`. */
  endpoint: string;
  email: string | null;
  tier: string | null;
  organization: string | null;
  product: string | null;
  /** The Cursor team's Admin API key. */
  cursorApiKey: string | null;
  /** Minutes between two syncs. */
  syncInterval: number | null;
}

export type Field = keyof Answers;

/** Variables to set; null: to be taken out. */
export type Variables = Readonly<Record<string, string | null>>;

/** What differs between assistants; everything else about setup is written once. */
export interface AssistantSetup {
  id: 'claude-code' | 'gemini-cli' | 'cursor';
  label: string;
  /** The command that sets it up. */
  binary: string;
  /** The folder of its `revenium.env`. */
  folder: (machine: Machine) => string;
  /** What the wizard asks for, in its order. */
  fields: readonly Field[];
  tiers: readonly Tier[];
  /** The answers as environment variables. `existing`: what the env file has; additions by hand are kept. */
  variables: (answers: Answers, existing: EnvRecord) => Variables;
  /** The answers back from the variables. */
  answers: (values: EnvRecord) => Partial<Answers>;
  /** Resource attributes that are its own, as against those that it shares with other assistants of a shell. */
  attributes: readonly string[];
  /** Its tag in the shell profile's block; null where a shell has no part in it. */
  profileTag: BlockTag | null;
  /** It keeps session files on this machine, which `backfill` of its command imports. */
  history: boolean;
  /** Files in its folder by which our own commands remember what they have done; null: none. */
  memory: RegExp | null;
  /** Its own settings file that can carry the variables instead of a shell. */
  settingsFile: ((machine: Machine) => string) | null;
}
