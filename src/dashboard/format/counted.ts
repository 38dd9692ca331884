import { figureLine } from './figure.ts';

const IRREGULAR: Readonly<Record<string, string>> = {
  person: 'people',
  'person and assistant': 'people and assistants',
  'key or login': 'keys or logins',
};

/** `1 person`, `1,204 people`, `3 sessions on this page`: the first word of a noun is the one that changes. */
export function counted(count: number, noun: string): string {
  const many = IRREGULAR[noun] ?? noun.replace(/^\S+/, (word) => `${word}s`);
  return `${figureLine(count, 'count')} ${count === 1 ? noun : many}`;
}
