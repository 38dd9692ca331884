import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';
import type { Answers, AssistantSetup } from '../../setup/assistant-setup.ts';
import { errorCode } from '../../errors.ts';
import type { EnvRecord } from '../../setup/env-file.ts';
import { readEnvFile } from '../../setup/env-file.ts';
import type { Machine } from '../../setup/machine.ts';
import { shortPath } from '../../setup/machine.ts';
import { envPath } from '../../setup/places.ts';

/** What setup has written for an assistant. */
export interface Configuration {
  path: string;
  values: EnvRecord;
  answers: Partial<Answers> & Pick<Answers, 'apiKey' | 'endpoint'>;
}

/** @throws UsageError where the assistant has not been set up. */
export async function readConfiguration(assistant: AssistantSetup, machine: Machine): Promise<Configuration> {
  const path = envPath(assistant, machine);
  const hint = `Run "${assistant.binary} setup".`;
  const shown = shortPath(machine, path);
  try {
    const values = readEnvFile(await readFile(path, 'utf8'));
    const { apiKey, endpoint, ...answers } = assistant.answers(values);
    if (!apiKey || !endpoint) throw new UsageError(`${shown} names no endpoint and key`, { hint });
    return { path, values, answers: { ...answers, apiKey, endpoint } };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const missing = errorCode(error) === 'ENOENT';
    const message = missing ? `${assistant.label} is not set up: there is no ${shown}` : `${shown} cannot be read`;
    throw new UsageError(message, { hint, cause: error });
  }
}
