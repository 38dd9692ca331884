import type { AssistantSetup } from '../setup/assistant-setup.ts';
import { claudeCodeSetup } from './claude-code/setup.ts';
import { cursorSetup } from './cursor/setup.ts';
import { geminiCliSetup } from './gemini-cli/setup.ts';

/** Every assistant that this machine can be set up for. */
export const SETUPS: readonly AssistantSetup[] = [claudeCodeSetup, geminiCliSetup, cursorSetup];
