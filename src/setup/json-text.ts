import type { Node, ParseError } from 'jsonc-parser';
import { findNodeAtLocation, getNodeValue, parseTree } from 'jsonc-parser';

/**
 * Small edits to JSON text that leave every other character as it is: a person's settings file is theirs, down to the
 * way they like their brackets.
 */
export interface JsonText {
  text: string;
  root: Node;
}

/** null: not a JSON object. Comments and trailing commas are let pass. */
export function parseJson(text: string): JsonText | null {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: false, allowTrailingComma: true });
  return root?.type === 'object' && errors.length === 0 ? { text, root } : null;
}

export const nodeAt = ({ root }: JsonText, path: readonly string[]): Node | undefined =>
  path.length === 0 ? root : findNodeAtLocation(root, [...path]);

export const valueAt = (json: JsonText, path: readonly string[]): unknown => {
  const node = nodeAt(json, path);
  return node && (getNodeValue(node) as unknown);
};

/** How often an object names a property; JSON allows more than once, and readers differ on what that means. */
export const countOf = (object: Node | undefined, name: string): number =>
  (object?.children ?? []).filter((property) => property.children?.[0]?.value === name).length;

const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');
const indentUnit = (text: string): string => /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';

function replace(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

/** The white space at the start of the line that `offset` is on, or null where something else stands before it. */
function indentBefore(text: string, offset: number): string | null {
  return /(?:^|\n)([ \t]*)$/.exec(text.slice(0, offset))?.[1] ?? null;
}

/** `value` is JSON text. */
export function addProperty({ text }: JsonText, object: Node, name: string, value: string): string {
  const property = `${JSON.stringify(name)}: ${value}`;
  const last = object.children?.at(-1);
  const eol = eolOf(text);
  if (last) {
    const end = last.offset + last.length;
    const indent = indentBefore(text, last.offset);
    return replace(text, end, end, indent === null ? `, ${property}` : `,${eol}${indent}${property}`);
  }
  const unit = indentUnit(text);
  const outer = /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', object.offset - 1) + 1))?.[0] ?? '';
  return replace(
    text,
    object.offset,
    object.offset + object.length,
    `{${eol}${outer}${unit}${property}${eol}${outer}}`,
  );
}

export const replaceValue = ({ text }: JsonText, node: Node, value: string): string =>
  replace(text, node.offset, node.offset + node.length, value);

/** Takes a property out, with one of the commas beside it. `value`: the property's value node. */
export function removeProperty({ text }: JsonText, value: Node): string {
  const property = value.parent;
  const siblings = property?.parent?.children ?? [];
  const at = siblings.findIndex((each) => each === property);
  if (!property || at === -1) return text;
  const [previous, next] = [siblings[at - 1], siblings[at + 1]];
  if (previous) return replace(text, previous.offset + previous.length, property.offset + property.length, '');
  if (next) return replace(text, property.offset, next.offset, '');
  const object = property.parent;
  return object ? replace(text, object.offset, object.offset + object.length, '{}') : text;
}
