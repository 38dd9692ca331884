import type { Binary } from '../table.ts';

export const server: Binary = {
  summary: 'Take in the usage of AI coding assistants, store it, and answer who uses them and at what cost.',
  groups: { keys: 'Hand out, list and revoke API keys.' },
  commands: [],
};
