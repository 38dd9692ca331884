import { Failure } from '../errors.ts';
import type { EnvRecord } from './env-file.ts';
import type { JsonText } from './json-text.ts';
import { addProperty, countOf, nodeAt, parseJson, removeProperty, replaceValue, valueAt } from './json-text.ts';

/** The `env` block of a JSON settings file. */

const MARK = '\uFEFF';

const unusable = (path: string, why: string): Failure =>
  new Failure(`${path} ${why}`, { hint: 'Nothing was changed. Mend the file and run this again.' });

function open(text: string, path: string): JsonText {
  const json = parseJson(text);
  if (!json) throw unusable(path, 'is not a JSON object');
  if (countOf(json.root, 'env') > 1) throw unusable(path, 'has two "env" blocks');
  const env = nodeAt(json, ['env']);
  if (env && env.type !== 'object') throw unusable(path, 'has an "env" that is not an object');
  return json;
}

function decode(bytes: Buffer, path: string): { mark: string; text: string } {
  const all = bytes.toString('utf8');
  if (!Buffer.from(all).equals(bytes)) throw unusable(path, 'is not UTF-8');
  const mark = all.startsWith(MARK) ? MARK : '';
  const text = all.slice(mark.length);
  return { mark, text: text.trim() === '' ? '{}\n' : text };
}

const valuesOf = (json: JsonText): Map<string, unknown> => new Map(Object.entries(valueAt(json, ['env']) ?? {}));

/** The variables that a settings file sets; what is not a string is left out. */
export function readJsonEnv(bytes: Buffer | null, path: string): Record<string, string> {
  if (bytes === null) return {};
  const values = [...valuesOf(open(decode(bytes, path).text, path))];
  return Object.fromEntries(values.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

function setOne(json: JsonText, name: string, value: string | null): string {
  const env = nodeAt(json, ['env']);
  const old = nodeAt(json, ['env', name]);
  const written = JSON.stringify(value);
  if (value === null) return old ? removeProperty(json, old) : json.text;
  if (old) return replaceValue(json, old, written);
  if (env) return addProperty(json, env, name, written);
  return addProperty(json, json.root, 'env', '{}');
}

/** The file with variables set, or (null) gone; an `env` block that this leaves empty goes too. */
export function editJsonEnv(
  bytes: Buffer | null,
  path: string,
  values: Readonly<Record<string, string | null>>,
): Buffer {
  const { mark, text } = decode(bytes ?? Buffer.alloc(0), path);
  let json = open(text, path);
  const now = valuesOf(json);
  const changes = Object.entries(values).filter(([name, value]) => (now.get(name) ?? null) !== value);
  if (changes.length === 0 && bytes) return bytes;
  for (const [name, value] of changes) {
    if (value !== null && !nodeAt(json, ['env'])) json = open(setOne(json, name, value), path);
    json = open(setOne(json, name, value), path);
  }
  const env = nodeAt(json, ['env']);
  if (env && now.size > 0 && (env.children ?? []).length === 0) json = open(removeProperty(json, env), path);
  return Buffer.from(mark + json.text);
}

/**
 * What stays of a settings file when our variables leave it. `ours`: what we had set; a value that is another by now
 * is somebody's own, and stays. What stood there before comes back.
 */
export function withoutJsonEnv(bytes: Buffer, path: string, ours: EnvRecord, before: EnvRecord): Buffer {
  const now = readJsonEnv(bytes, path);
  const changes = Object.entries(ours).filter(([name, value]) => now[name] === value);
  return editJsonEnv(bytes, path, Object.fromEntries(changes.map(([name]) => [name, before[name] ?? null])));
}
