import type { Binary } from '../table.ts';

export const metering: Binary = {
  summary: 'Set up metering of Claude Code on this machine, check it, and import its history.',
  commands: [],
};
