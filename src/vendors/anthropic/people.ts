import { emailOf, isObject, membersOf, textOf } from '../json-values.ts';
import { readPages } from '../paging.ts';
import type { Ask } from './admin-api.ts';
import { ANTHROPIC, listPages } from './admin-api.ts';

export interface AnthropicUser {
  id: string;
  email: string;
  name: string | null;
  role: string | null;
}

export interface AnthropicKey {
  id: string;
  name: string | null;
  /** User ids; null where the vendor does not say. */
  createdBy: string | null;
  principal: string | null;
  status: string | null;
  workspaceId: string | null;
}

/** Those who are members now; who has left is no longer listed. @throws VendorError */
export async function readUsers(api: Ask): Promise<AnthropicUser[]> {
  const users = readPages(ANTHROPIC.name, listPages(api, '/v1/organizations/users'), (value) => {
    if (!isObject(value)) return null;
    const [id, email] = [textOf(value.id), emailOf(value.email)];
    return id === null || email === null ? null : { id, email, name: textOf(value.name), role: textOf(value.role) };
  });
  return (await users).rows;
}

/** Archived and expired ones too: past usage is theirs. @throws VendorError */
export async function readKeys(api: Ask): Promise<AnthropicKey[]> {
  const keys = readPages(ANTHROPIC.name, listPages(api, '/v1/organizations/api_keys'), (value) => {
    if (!isObject(value)) return null;
    const id = textOf(value.id);
    if (id === null) return null;
    return {
      id,
      name: textOf(value.name),
      createdBy: userId(value.created_by),
      principal: userId(value.principal),
      status: textOf(value.status),
      workspaceId: textOf(value.workspace_id),
    };
  });
  return (await keys).rows;
}

function userId(value: unknown): string | null {
  const { id, type } = membersOf(value);
  return type === undefined || type === 'user' ? textOf(id) : null;
}
