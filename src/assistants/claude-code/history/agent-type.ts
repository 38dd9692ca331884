import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The kind of sub-agent whose file this is, from the description that the client lays beside it; else null. */
export function agentTypeBeside(file: string): string | null {
  const { dir, name } = path.parse(file);
  const description = path.join(dir, `${name}.meta.json`);
  if (!name.startsWith('agent-') || !existsSync(description)) return null;
  try {
    const described: unknown = JSON.parse(readFileSync(description, 'utf8'));
    const type = (described as { agentType?: unknown } | null)?.agentType;
    return typeof type === 'string' && type !== '' && type.length <= 128 ? type : null;
  } catch {
    return null;
  }
}
