import { readFileSync, readdirSync, statSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import path from 'node:path';

/** A file of one conversation, or of one sub-agent's run. */
export interface ChatFile {
  path: string;
  /** Of a sub-agent's file, the conversation that it belongs to. */
  parentSession: string | null;
  /** The project's name; its folder's where that is not known. */
  project: string;
  size: number;
  /** Milliseconds UTC. */
  modifiedMs: number;
}

export interface FoundChats {
  files: ChatFile[];
  problems: string[];
}

const isChat = (name: string): boolean => /\.jsonl?$/.test(name);

/**
 * `<folder>/tmp/<project>/chats/session-*.jsonl`, a sub-agent's run in `chats/<session>/<agent>.jsonl`; older clients
 * wrote one JSON document, `session-*.json`.
 */
export function findChatFiles(geminiFolder: string): FoundChats {
  const found: FoundChats = { files: [], problems: [] };
  const list = (folder: string): Dirent[] => {
    try {
      return readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') found.problems.push(`${folder}: ${code ?? message}`);
      return [];
    }
  };
  const add = (file: string, parentSession: string | null, project: string): void => {
    try {
      const { size, mtimeMs } = statSync(file);
      found.files.push({ path: file, parentSession, project, size, modifiedMs: mtimeMs });
    } catch (error) {
      found.problems.push(`${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
    }
  };
  const temporary = path.join(geminiFolder, 'tmp');
  for (const { name: slug } of list(temporary)) {
    const chats = path.join(temporary, slug, 'chats');
    const entries = list(chats);
    const project = entries.length > 0 ? projectName(path.join(temporary, slug), slug) : slug;
    for (const entry of entries) {
      const at = path.join(chats, entry.name);
      if (!entry.isDirectory()) {
        if (isChat(entry.name)) add(at, null, project);
        continue;
      }
      for (const { name } of list(at)) if (isChat(name)) add(path.join(at, name), entry.name, project);
    }
  }
  found.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return found;
}

/** The client notes the project's path beside its chats. */
function projectName(folder: string, slug: string): string {
  try {
    const root = readFileSync(path.join(folder, '.project_root'), 'utf8').trim();
    return root.split(/[/\\]/).findLast((part) => part !== '') ?? slug;
  } catch {
    return slug;
  }
}
