import { stat } from 'node:fs/promises';
import type { AssistantSetup } from '../../../setup/assistant-setup.ts';
import type { Machine } from '../../../setup/machine.ts';
import { pathsOf } from '../../../setup/machine.ts';

/** Whether the assistant seems to be used from an IDE here: this terminal is one's, or the assistant has met one. */
export async function usesIde(assistant: AssistantSetup, machine: Machine): Promise<boolean> {
  const { TERM_PROGRAM, TERMINAL_EMULATOR } = machine.env;
  if (TERM_PROGRAM === 'vscode' || /jetbrains/i.test(TERMINAL_EMULATOR ?? '')) return true;
  try {
    return (await stat(pathsOf(machine).join(assistant.folder(machine), 'ide'))).isDirectory();
  } catch {
    return false;
  }
}
