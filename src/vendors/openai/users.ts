import { emailOf, isObject, textOf } from '../json-values.ts';
import { readPages } from '../paging.ts';
import type { Ask } from './admin-api.ts';
import { OPENAI, pages } from './admin-api.ts';

export interface OpenAiUser {
  id: string;
  email: string;
  name: string | null;
}

/** Those who are members now; deleted ones vanish. @throws VendorError */
export async function readUsers(api: Ask): Promise<OpenAiUser[]> {
  const ask = pages(api, '/organization/users', [['limit', '100']], { following: 'last_id', by: 'after' });
  const users = readPages(OPENAI.name, ask, (value) => {
    if (!isObject(value)) return null;
    const [id, email] = [textOf(value.id), emailOf(value.email)];
    return id === null || email === null ? null : { id, email, name: textOf(value.name) };
  });
  return (await users).rows;
}
